/**
 * `model_metadata (1).json`, `model_metadata.json.txt`, `Kopie von model_metadata.json`, what Git's mergetool leaves
 * (`model_metadata_LOCAL_4711.json`, `model_metadata~HEAD`), `my_model_metadata.json`, …; not the schemas of others (`keras_metadata.pb`).
 */
export const isRenamedMetadata = (name: string): boolean =>
  /modell?[ ._-]{0,3}meta?[ ._-]?data/i.test(name) && !/^\._/.test(name);
