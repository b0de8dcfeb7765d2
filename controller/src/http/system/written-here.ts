const texts = new WeakMap<object, string>();

/**
 * For answers that are of the schema's type already, as they were written here; checking a hundred rows again takes longer than finding
 * them. An answer that is given twice is written once.
 */
export const writtenHere = () => (data: unknown) => {
  if (typeof data !== 'object' || data === null) return JSON.stringify(data);
  const text = texts.get(data) ?? JSON.stringify(data);
  texts.set(data, text);
  return text;
};

/** For what logs say: a log of an older version lacks what has a default since, and is answered as it was written. */
export const asWritten = () => (data: unknown) => JSON.stringify(data);
