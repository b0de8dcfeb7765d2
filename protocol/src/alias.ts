import { z } from 'zod';

/** One space for each stretch of them, whatever their width, none at the ends, and letters composed (NFC). */
const folded = (text: string): string =>
  text
    .trim()
    .replace(/\p{Zs}+/gu, ' ')
    .normalize('NFC');

/**
 * What shows as one picture although its parts are joined by what is not seen: emoji with presentation selectors and
 * joiners, keycaps, flags of regions (UTS #51, "Emoji Sequences").
 */
const emoji =
  /\u{1F3F4}[\u{E0030}-\u{E0039}\u{E0061}-\u{E007A}]{2,6}\u{E007F}|\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?(?:\u200D\p{Extended_Pictographic}\p{Emoji_Modifier}?\uFE0F?)*|[0-9#*]\uFE0F?\u20E3/gu;

/** Where spelling needs a joiner: after a sign of an Indic script, and between Arabic letters (UAX #31, 2.3.1). */
const joiner =
  /(?<=(?!\p{Script=Inherited})\p{M})[\u200C\u200D](?=\p{L})|(?<=\p{Script=Arabic})\u200C(?=\p{Script=Arabic})/gu;

/** Controls, halves of characters, private ones, line ends, and what Unicode says is not shown; a blank that is a symbol. */
const unseen = /[\p{Cc}\p{Cs}\p{Co}\p{Zl}\p{Zp}\p{Bidi_Control}\p{Default_Ignorable_Code_Point}\u2800]/u;

/** UTS #39, 5.4: more than four marks on one letter, or one mark twice, in decomposed text (NFD). */
const stacked = /[\p{Mn}\p{Me}]{5}|([\p{Mn}\p{Me}])\1/u;

const codePoint = (sign: string): string =>
  `U+${(sign.codePointAt(0) ?? 0).toString(16).toUpperCase().padStart(4, '0')}`;

/** Why an alias cannot be one, in a sentence; undefined where it can. */
function wrongWith(alias: string): string | undefined {
  const sign = unseen.exec(alias.replace(emoji, '').replace(joiner, ''))?.[0];
  if (sign !== undefined) return `must have no character that is not seen; it has ${codePoint(sign)}: type it anew`;
  if (/^\p{M}/u.test(alias))
    return `must begin with a letter, not with a mark that belongs on one (${codePoint(alias)})`;
  if (stacked.test(alias.normalize('NFD'))) return 'must not pile marks on a letter';
  return undefined;
}

/** What a racer is called, in whatever script: 1 to 64 characters, all of them seen. */
export const Alias = z
  .string()
  .overwrite(folded)
  .min(1)
  .max(64)
  .superRefine((alias, context) => {
    const message = wrongWith(alias);
    if (message !== undefined) context.addIssue({ code: 'custom', message });
  });
export type Alias = z.infer<typeof Alias>;
