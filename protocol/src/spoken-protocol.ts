import { z } from 'zod';

/** What a program says of the protocol between controller and cars: which one it speaks, and the oldest that it still works with. */
export const SpokenProtocol = z.object({
  number: z.number().int().positive(),
  oldest: z.number().int().positive(),
});
export type SpokenProtocol = z.infer<typeof SpokenProtocol>;

/**
 * Every protocol between controller and cars, and the first version of Pitwall that speaks it. A change that an older program would
 * misread is a new row; `oldest` rises when something older is no longer understood.
 */
export const protocols = [{ number: 1, oldest: 1, since: '0.1.0' }] as const satisfies readonly (SpokenProtocol & {
  since: string;
})[];

/** Of this version. */
export const spokenProtocol: SpokenProtocol = (({ number, oldest }) => ({ number, oldest }))(protocols.at(-1)!);

/** Of a program that does not say it: the first. */
export const firstProtocol: SpokenProtocol = { number: 1, oldest: 1 };

/** The newer one knows what it still understands; the older one never says no. */
export const worksWith = (a: SpokenProtocol, b: SpokenProtocol): boolean =>
  a.number >= b.oldest && b.number >= a.oldest;
