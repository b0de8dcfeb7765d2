import { z } from 'zod';
import { EpochMs } from '../brand.js';

/** What joins by a code of its own. */
export const MachineRole = z.enum(['car', 'gate']);
export type MachineRole = z.infer<typeof MachineRole>;

const name = z
  .string()
  .regex(/^[a-z0-9][a-z0-9-]{0,62}$/, 'must be 1 to 63 small letters, digits or hyphens: the id of a car or gate');

export const MachineIdentity = z.object({ role: MachineRole, name });
export type MachineIdentity = z.infer<typeof MachineIdentity>;

/** For one car or gate, once. */
export const JoinCode = MachineIdentity.extend({
  /** As people type it: groups of four. */
  code: z.string(),
  /** The same with the controller's address: for a QR, or a file on a stick. */
  link: z.string(),
  expiresAt: EpochMs,
});
export type JoinCode = z.infer<typeof JoinCode>;

/** What a car or gate sends of itself. Its token never leaves it but to be shown: here goes the hash alone. */
export const JoinRequest = z.object({
  code: z.string().min(1).max(100),
  role: MachineRole,
  tokenHash: z.string().regex(/^[0-9a-f]{64}$/, 'must be a SHA-256 in hexadecimal'),
  host: z.string().min(1).max(63),
});
export type JoinRequest = z.infer<typeof JoinRequest>;

export const JoinState = z.enum(['waiting', 'in', 'refused']);

export const JoinAnswer = MachineIdentity.extend({
  id: z.string(),
  state: JoinState,
  /** The first eight digits of its token's hash, which the page shows as well. */
  key: z.string(),
  /** Where the broker is, for whoever came this way. */
  broker: z.url(),
});
export type JoinAnswer = z.infer<typeof JoinAnswer>;

/** Who waits to be let in. */
export const WaitingMachine = MachineIdentity.extend({
  id: z.string(),
  key: z.string(),
  host: z.string(),
  address: z.string(),
  since: EpochMs,
  /** Somebody is in by that name already, who is out when this one is let in. */
  replaces: z.boolean(),
});
export type WaitingMachine = z.infer<typeof WaitingMachine>;

export const MachineList = z.object({
  machines: z.array(MachineIdentity.extend({ name: z.string(), since: EpochMs })),
  waiting: z.array(WaitingMachine),
});
export type MachineList = z.infer<typeof MachineList>;

export const JoinDecision = z.object({ decision: z.enum(['let-in', 'refuse']) });

/** Crockford's base 32: what is read aloud or typed is not mistaken. */
const digits = '0123456789ABCDEFGHJKMNPQRSTVWXYZ';
export const joinCodeLength = 8;
/** Of the fingerprint of the controller's authority: 80 bits, which nobody finds a second certificate for. */
const trustLength = 16;

/** The first digits of some bytes. */
export function base32Of(bytes: Uint8Array, length: number): string {
  let text = '';
  for (let at = 0; at < length; at += 1) {
    const bit = at * 5;
    const two = ((bytes[bit >> 3] ?? 0) << 8) | (bytes[(bit >> 3) + 1] ?? 0);
    text += digits[(two >> (11 - (bit & 7))) & 31];
  }
  return text;
}

/** What a code says of the controller's authority. */
export const trustDigits = (fingerprint: Uint8Array): string => base32Of(fingerprint, trustLength);

/** Of both together, in groups of four. */
export const writtenCode = (code: string, trust: string): string => (code + trust).match(/.{1,4}/g)!.join('-');

/** A code as it was typed or scanned; `trust` is empty where it says nothing of an authority. Undefined: it is none. */
export function readJoinCode(text: string): { code: string; trust: string } | undefined {
  const plain = text.toUpperCase().replaceAll(/[\s-]/g, '').replaceAll('O', '0').replaceAll(/[IL]/g, '1');
  if (plain.length !== joinCodeLength && plain.length !== joinCodeLength + trustLength) return undefined;
  if (![...plain].every((digit) => digits.includes(digit))) return undefined;
  return { code: plain.slice(0, joinCodeLength), trust: plain.slice(joinCodeLength) };
}
