/** `model_metadata (1).json`, `model_metadata.json.txt`, `model_metadata~HEAD.json`, `model_metadata.json.orig`, … */
export const isRenamedMetadata = (name: string): boolean =>
  /^(?:copy of )?model[ _-]?meta[ _-]?data\b.*\.json|^model[ _-]?meta[ _-]?data[^.]*$/i.test(name);
