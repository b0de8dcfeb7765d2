import { renderUnicodeCompact } from 'uqr';
import type { People } from '../accounts/index.js';
import type { Config } from './config.js';
import { reachableAt } from './reachable.js';
import type { Say } from './running.js';
import { localUrl } from './web-server.js';

/** Where nobody administers this controller yet: the link, and its picture, that makes somebody do so, once. */
export async function sayFirstLink(config: Config, port: number, people: People, say: Say): Promise<void> {
  const made = await people.makeFirst();
  if (made === undefined) return;
  // Behind the `#`: the key is in no log and goes to no server by itself.
  const url = `${localUrl({ ...config, http: { ...config.http, host: reachableAt(config.http.host) } }, port)}/first#${made.key}`;
  const text = `Nobody administers this controller yet. This link makes you its administrator, once, within 30 minutes:\n${url}\n${renderUnicodeCompact(url)}`;
  say({ type: 'first-administrator', text, url });
}
