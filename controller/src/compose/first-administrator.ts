import { renderUnicodeCompact } from 'uqr';
import type { People } from '../accounts/index.js';
import type { Say } from './running.js';

/** Where nobody administers this controller yet: the link, and its picture, that makes somebody do so, once. `address`: the same page for who does not find its name. */
export async function sayFirstLink(page: string, address: string | undefined, people: People, say: Say): Promise<void> {
  const made = await people.makeFirst();
  if (made === undefined) return;
  // Behind the `#`: the key is in no log and goes to no server by itself.
  const url = `${page}/first#${made.key}`;
  const other = address === undefined ? '' : `\nor, where that name is not found: ${address}/first#${made.key}`;
  const text = `Nobody administers this controller yet. This link makes you its administrator, once, within 30 minutes:\n${url}${other}\n${renderUnicodeCompact(url)}`;
  say({ type: 'first-administrator', text, url });
}
