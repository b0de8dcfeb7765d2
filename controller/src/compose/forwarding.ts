import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Accounts, secretFile } from '../accounts/index.js';
import { type Destination, Forwarder, type Signer } from '../forwarding/index.js';
import type { Leaderboards } from '../leaderboard/index.js';
import type { Store } from '../store/index.js';
import type { Config } from './config.js';
import type { Say } from './running.js';
import { localUrl } from './web-server.js';

/** What sends results to this controller's own boards and to leaderboards elsewhere. */
export async function openForwarder(
  config: Config,
  parts: {
    store: Store;
    accounts: Accounts;
    leaderboards: Leaderboards;
    signer: Signer;
    say: Say;
    port: () => number;
  },
): Promise<Forwarder> {
  const { store, accounts, leaderboards, signer, say, port } = parts;
  await leaderboards.keys.register(config.name, signer.publicJwk);
  const token = await secretFile(join(config.data, 'forwarding.token'), accounts, {
    name: config.name,
    role: 'source',
  });
  return new Forwarder({
    store,
    signer,
    destinations: [localDestination(config, port, token), ...config.forwarding.map(destinationOf)],
    log: (text) => say({ type: 'forwarding', text }),
  });
}

/** This controller's own boards, over the same interface as any other's. */
function localDestination(config: Config, port: () => number, tokenFile: string): Destination {
  return {
    name: 'local',
    url: () => localUrl(config, port()),
    token: async () => readFileSync(tokenFile, 'utf8'),
  };
}

const destinationOf = ({ name, url, token, ca }: Config['forwarding'][number]): Destination => ({
  name,
  url: () => url,
  token: async () => readFileSync(token, 'utf8'),
  ...(ca === undefined ? {} : { ca: readFileSync(ca, 'utf8') }),
});
