/** What was read, and which slips of the hand it was read in spite of. */
export interface LenientJson {
  readonly value: unknown;
  readonly slips: readonly string[];
}

/** Where reading ended: `message` follows "at line L, column C". */
export class JsonMistake extends Error {
  readonly line: number;
  readonly column: number;

  constructor(text: string, at: number, message: string) {
    super(message);
    const before = text.slice(0, at).split('\n');
    this.line = before.length;
    this.column = (before.at(-1) ?? '').length + 1;
  }
}

const deepest = 64;

/**
 * JSON as people and Python write it: with comments, commas after the last element, single quotes, and Python's `True`, `False` and
 * `None`. Everything else that is not JSON is a mistake with its place.
 * @throws JsonMistake
 */
export function parseLenient(text: string): LenientJson {
  const reader = new Reader(text);
  const value = reader.value(0);
  reader.space();
  if (!reader.atEnd) throw reader.mistake('there is more after the end');
  return { value, slips: [...reader.slips] };
}

class Reader {
  readonly slips = new Set<string>();
  readonly #text: string;
  #at = 0;

  constructor(text: string) {
    this.#text = text;
  }

  get atEnd(): boolean {
    return this.#at >= this.#text.length;
  }

  mistake(message: string, at = this.#at): JsonMistake {
    return new JsonMistake(this.#text, at, message);
  }

  space(): void {
    const pattern = /[\s\u00a0]+|\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\//y;
    for (;;) {
      pattern.lastIndex = this.#at;
      const found = pattern.exec(this.#text)?.[0];
      if (found === undefined) return;
      if (found.trim() !== '') this.slips.add('a comment');
      this.#at += found.length;
    }
  }

  value(depth: number): unknown {
    if (depth > deepest) throw this.mistake(`it nests deeper than ${deepest} levels`);
    this.space();
    const next = this.#text[this.#at];
    if (next === undefined) throw this.mistake('it ends too early');
    if (next === '{') return this.#object(depth);
    if (next === '[') return this.#list(depth);
    if (next === '"' || next === "'") return this.#string();
    return this.#word();
  }

  #object(depth: number): Record<string, unknown> {
    const entries: [string, unknown][] = [];
    this.#at += 1;
    while (!this.#closes('}', entries.length > 0)) {
      const quote = this.#text[this.#at];
      const key = this.#at;
      if (quote !== '"' && quote !== "'") {
        const decimal = /\d,$/.test(this.#text.slice(0, key).trimEnd()) && /\d/.test(quote ?? '');
        throw this.mistake(
          decimal
            ? 'a number has a decimal comma; write a point'
            : (typographic(quote) ?? 'the name of a field, in quotes, is expected'),
        );
      }
      const name = this.#string();
      this.space();
      if (this.#text[this.#at] !== ':') throw this.mistake(`a colon is expected after "${name.slice(0, 40)}"`);
      this.#at += 1;
      entries.push([name, this.value(depth + 1)]);
    }
    return Object.fromEntries(entries);
  }

  #list(depth: number): unknown[] {
    const values: unknown[] = [];
    this.#at += 1;
    while (!this.#closes(']', values.length > 0)) values.push(this.value(depth + 1));
    return values;
  }

  /** Goes past the comma between elements, or past the end. @returns whether it is the end */
  #closes(end: string, hasBefore: boolean): boolean {
    this.space();
    const comma = hasBefore && this.#text[this.#at] === ',';
    if (comma) {
      this.#at += 1;
      this.space();
    }
    if (this.#text[this.#at] === end) {
      if (comma) this.slips.add('a comma after the last element');
      this.#at += 1;
      return true;
    }
    if (this.atEnd) throw this.mistake(`it ends too early: "${end}" is missing`);
    if (hasBefore && !comma) throw this.mistake(`a comma or "${end}" is expected`);
    return false;
  }

  #string(): string {
    const start = this.#at;
    const quote = this.#text[start] as string;
    const pattern = quote === '"' ? /"(?:[^"\\\n]|\\.)*"/y : /'(?:[^'\\\n]|\\.)*'/y;
    pattern.lastIndex = start;
    const found = pattern.exec(this.#text)?.[0];
    if (found === undefined) throw this.mistake('a text has no closing quote', start);
    this.#at += found.length;
    if (quote === "'") this.slips.add('single quotes');
    const inner = found.slice(1, -1);
    const body = quote === '"' ? inner : inner.replaceAll("\\'", "'").replace(/(^|[^\\])"/g, '$1\\"');
    try {
      return JSON.parse(`"${body}"`) as string;
    } catch {
      throw this.mistake('a text has a character that must be written otherwise', start);
    }
  }

  #word(): unknown {
    const start = this.#at;
    const found = /[^\s,:[\]{}"'#/]+/y;
    found.lastIndex = start;
    const word = found.exec(this.#text)?.[0];
    if (word === undefined) throw this.mistake(`"${this.#text[start]}" is not expected here`);
    this.#at += word.length;
    if (/^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][-+]?\d+)?$/.test(word)) return Number(word);
    const known = words.get(word);
    if (known === undefined)
      throw this.mistake(typographic(word[0]) ?? `${JSON.stringify(word.slice(0, 40))} is no value of JSON`, start);
    if (known.python) this.slips.add("Python's True, False or None");
    return known.value;
  }
}

/** What word processors and chats make of a quote, a minus or a space, and nobody sees. */
function typographic(character: string | undefined): string | undefined {
  if (character === undefined) return undefined;
  if (/[“”„‟«»‘’‚‛]/.test(character)) return `${character} is a typographic quote; write "`;
  if (/[−–—]/.test(character)) return `${character} is a typographic minus; write -`;
  if (/[\p{Cf}\p{Zs}]/u.test(character)) return 'there is a character that nobody sees; delete it and write it again';
  return undefined;
}

const words: ReadonlyMap<string, { readonly value: boolean | null; readonly python: boolean }> = new Map([
  ['true', { value: true, python: false }],
  ['false', { value: false, python: false }],
  ['null', { value: null, python: false }],
  ['True', { value: true, python: true }],
  ['False', { value: false, python: true }],
  ['None', { value: null, python: true }],
]);
