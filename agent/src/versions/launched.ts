import { ProgramVersion } from '@pitwall/protocol';
import type { Launched } from './versions.js';

/** What the launcher (`firmware-config/portable/pitwall-agent`) says in the environment. */
export function launchedBy(env: Readonly<Record<string, string | undefined>>): Launched | undefined {
  const { PITWALL_VERSIONS: folder, PITWALL_PACKAGED } = env;
  const packaged = ProgramVersion.safeParse(PITWALL_PACKAGED);
  if (folder === undefined || folder === '' || !packaged.success) return undefined;
  return { folder, packaged: packaged.data };
}
