import { z } from 'zod';
import { ProgramVersion } from '../program-version.js';

/** What programs are built for, as Node names it: x64, arm64. */
export const Architecture = z.string().regex(/^[a-z0-9]{1,16}$/);
export type Architecture = z.infer<typeof Architecture>;

/** A packed version of the agent for one kind of computer, as it is signed. */
export const ReleaseName = z.object({ version: ProgramVersion, architecture: Architecture });
export type ReleaseName = z.infer<typeof ReleaseName>;

/** `signature`: the text of the archive's `.minisig`. */
export const Release = z.object({
  ...ReleaseName.shape,
  bytes: z.number().int().positive(),
  signature: z.string().min(1).max(2000),
});
export type Release = z.infer<typeof Release>;

/** The versions that lie on a car. */
export const CarVersions = z.object({
  /** It drives the car. */
  current: ProgramVersion,
  /** *Roll back* goes there; null where nothing older is kept. */
  previous: ProgramVersion.nullable(),
  /** Newer, whole and checked: it can be switched to with no network. */
  staged: ProgramVersion.nullable(),
  /** On its way; `percent` of the archive. */
  staging: z.object({ version: ProgramVersion, percent: z.number().min(0).max(100) }).nullable(),
  /** Why the latest update did not become one: what could not be staged, or did not come up, so that `current` went on. */
  problem: z.string().max(2000).nullable(),
});
export type CarVersions = z.infer<typeof CarVersions>;

/** How a car gets another version of its agent. Every protocol has these, so that a car of any can be updated. */
export const VersionAction = z.discriminatedUnion('type', [
  /** Fetch it from the controller, check it, and keep it beside the one that runs. Answered when that is done, or refused. */
  z.object({ type: z.literal('stage-version'), release: Release }),
  /** The agent ends, and its supervisor starts the staged one. The car must be disarmed. */
  z.object({ type: z.literal('switch-version'), version: ProgramVersion }),
  /** As `switch-version`, to the one before. */
  z.object({ type: z.literal('roll-back') }),
]);
export type VersionAction = z.infer<typeof VersionAction>;

const versionTypes: readonly string[] = VersionAction.options.map(({ shape }) => shape.type.value);
export const isOfVersions = (action: { readonly type: string }): action is VersionAction =>
  versionTypes.includes(action.type);

/** What a program does whatever protocol the other one speaks. */
export const isOfEveryProtocol = ({ type }: { readonly type: string }): boolean =>
  type === 'e-stop' || type === 'stop' || versionTypes.includes(type);
