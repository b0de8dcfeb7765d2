import { words } from '../words/index.js';

/** System and browser, as far as a browser says: `Mozilla/5.0 (X11; Linux x86_64) … Chrome/1.2.3 …`. */
export function deviceName(userAgent: string | null): string {
  const system = /\((?:X11; )?([^;)]+)/.exec(userAgent ?? '')?.[1];
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent ?? '')?.[1];
  const known = [system, browser].filter((part) => part !== undefined);
  return known.length === 0 ? words.accounts.unknownDevice : known.join(' · ');
}
