import { join } from 'node:path';
import { openSigner } from '../forwarding/index.js';
import { Imports } from '../imports/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import type { Config } from './config.js';

/** Imports that this controller vouches for with its own key, as for any result of its own. */
export async function openImports(config: Config, leaderboards: Leaderboards): Promise<Imports> {
  const signer = await openSigner(join(config.data, 'source.key.json'));
  await leaderboards.keys.register(config.name, signer.publicJwk);
  return new Imports({ leaderboards, source: config.name, sign: (text) => signer.sign(text) });
}
