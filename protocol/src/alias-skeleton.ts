import unhomoglyph from 'unhomoglyph';

/**
 * UTS #39, 4: what two strings that look alike have in common; not for people to read. The mappings are those of Unicode's
 * confusables.txt. For each string that has one, ICU 72 (uspoof, Unicode 15) gives the same, but where a character is ignored,
 * which newer versions of UTS #39 leave out.
 */
export const skeleton = (text: string): string =>
  unhomoglyph(text.normalize('NFD').replace(/\p{Default_Ignorable_Code_Point}/gu, '')).normalize('NFD');

/** Compatible forms as one, and no capitals; ß and ss, σ and ς are one. */
const lower = (alias: string): string => alias.normalize('NFKC').toUpperCase().toLowerCase();

/**
 * Two aliases are one, whatever their capitals, where their `key` is the same; they look alike where their `look` is. `Ines`
 * and `INES` share a key; `Ines` and `lnes`, and Latin and Cyrillic `Anna`, a look.
 */
export const aliasKeys = (alias: string): { readonly key: string; readonly look: string } => ({
  key: skeleton(lower(alias)),
  look: skeleton(alias.normalize('NFKC')),
});

/** Whether nobody could tell two aliases apart. */
export function isLikeAlias(a: string, b: string): boolean {
  const [one, other] = [aliasKeys(a), aliasKeys(b)];
  return one.key === other.key || one.look === other.look;
}
