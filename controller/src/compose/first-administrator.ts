import { networkInterfaces } from 'node:os';
import { renderUnicodeCompact } from 'uqr';
import type { People } from '../accounts/index.js';
import type { Config } from './config.js';
import type { Say } from './running.js';
import { localUrl } from './web-server.js';

/** Where nobody administers this controller yet: the link, and its picture, that makes somebody do so, once. */
export async function sayFirstLink(config: Config, port: number, people: People, say: Say): Promise<void> {
  const made = await people.makeFirst();
  if (made === undefined) return;
  // Behind the `#`: the key is in no log and goes to no server by itself.
  const url = `${reachable(config, port)}/first#${made.key}`;
  const text = `Nobody administers this controller yet. This link makes you its administrator, once, within 30 minutes:\n${url}\n${renderUnicodeCompact(url)}`;
  say({ type: 'first-administrator', text, url });
}

/** Where a phone in the same network reaches this controller, if it listens for it. */
function reachable(config: Config, port: number): string {
  const { host } = config.http;
  if (host !== '0.0.0.0' && host !== '::') return localUrl(config, port);
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  return outside === undefined
    ? localUrl(config, port)
    : localUrl({ ...config, http: { ...config.http, host: outside.address } }, port);
}
