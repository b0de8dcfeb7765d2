import { z } from 'zod';
import { EpochMs } from '../brand.js';
import { SignUp } from './account.js';
import { NewRacer } from './racers.js';

const bytes = z
  .string()
  .regex(/^[\w-]+$/, 'must be base64url')
  .max(20_000);

const kind = z.literal('public-key');

/** What a browser needs to make a passkey (`PublicKeyCredentialCreationOptionsJSON` of Web Authentication Level 3, §5.1.8). */
export const PasskeyCreation = z.object({
  rp: z.object({ id: z.string(), name: z.string() }),
  user: z.object({ id: bytes, name: z.string(), displayName: z.string() }),
  challenge: bytes,
  pubKeyCredParams: z.array(z.object({ type: kind, alg: z.number().int() })),
  timeout: z.number().describe('ms'),
  attestation: z.literal('none'),
  excludeCredentials: z.array(z.object({ type: kind, id: bytes })).describe('those that the account has'),
  authenticatorSelection: z.object({
    residentKey: z.literal('required'),
    requireResidentKey: z.literal(true).describe('for browsers of Level 1'),
    userVerification: z.literal('required'),
  }),
});
export type PasskeyCreation = z.infer<typeof PasskeyCreation>;

/** What a browser needs to look for a passkey (`PublicKeyCredentialRequestOptionsJSON`, §5.1.9). */
export const PasskeyRequest = z.object({
  rpId: z.string(),
  challenge: bytes,
  timeout: z.number().describe('ms'),
  userVerification: z.literal('required'),
});
export type PasskeyRequest = z.infer<typeof PasskeyRequest>;

const name = z.string().trim().min(1).max(100).describe('by which its owner tells it from others');

const credential = {
  id: bytes.max(1400).describe('at most 1023 bytes'),
  rawId: bytes.max(1400),
  type: kind,
  clientExtensionResults: z.looseObject({}).default({}),
};

/** A new passkey, as a browser answers (`RegistrationResponseJSON`). */
export const NewPasskey = z.object({
  ...credential,
  response: z.object({ clientDataJSON: bytes, attestationObject: bytes }),
});
export type NewPasskey = z.infer<typeof NewPasskey>;

/** That somebody has a passkey, as a browser answers (`AuthenticationResponseJSON`). */
export const PasskeyProof = z.object({
  ...credential,
  response: z.object({
    clientDataJSON: bytes,
    authenticatorData: bytes,
    signature: bytes,
    userHandle: bytes.optional(),
  }),
});
export type PasskeyProof = z.infer<typeof PasskeyProof>;

/** POST /api/v1/people/passkey/options. */
export const PasskeySignUpStart = NewRacer.pick({ alias: true });
/** POST /api/v1/people/passkey: a new account by a passkey. */
export const PasskeySignUp = SignUp.omit({ password: true }).extend({ passkey: NewPasskey, passkeyName: name });
/** POST /api/v1/session/passkey. */
export const PasskeySignIn = z.object({ passkey: PasskeyProof });

/** POST /api/v1/account/passkeys. */
export const AddPasskey = z.object({ name, passkey: NewPasskey });

export const OwnPasskey = z.object({
  id: z.string(),
  name,
  host: z.string().describe('at which address of a controller it is good'),
  since: EpochMs,
  usedAt: EpochMs.nullable(),
});
export type OwnPasskey = z.infer<typeof OwnPasskey>;

/** DELETE /api/v1/account: by what its owner shows that it is they; with neither, by having signed in within ten minutes. */
export const DeleteAccount = z.object({
  password: z.string().min(1).max(128).optional(),
  passkey: PasskeyProof.optional(),
});
export type DeleteAccount = z.infer<typeof DeleteAccount>;
