import { hostname, networkInterfaces } from 'node:os';

/** Under which a controller may be reached. */
export interface Names {
  /** DNS names, the one for links first. */
  readonly dns: readonly string[];
  readonly addresses: readonly string[];
}

/**
 * Of this machine, now. Link-local IPv6 addresses are left out: their zone belongs to who uses them, and no browser takes one.
 * @param announced the name by which mDNS tells of this controller, without `.local`
 * @param further as the configuration has them
 */
export function namesOfThisMachine(announced: string, further: readonly string[]): Names {
  const own = hostname().toLowerCase();
  const outside = Object.values(networkInterfaces())
    .flatMap((addresses = []) => addresses)
    .filter(({ internal, scopeid }) => !internal && (scopeid ?? 0) === 0)
    .map(({ address }) => address);
  const label = own.split('.')[0] ?? '';
  const dns = [...further, `${announced}.local`, 'localhost', ...(isLabel(label) ? [label, `${label}.local`] : [])];
  return { dns: [...new Set(dns)], addresses: [...new Set(['127.0.0.1', '::1', ...outside])] };
}

/** RFC 1123, 2.1. */
const isLabel = (text: string): boolean => /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/.test(text);

/** A controller's name as a label of DNS. */
export const labelOf = (name: string): string =>
  name
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, '-')
    .replaceAll(/^-+|-+$/g, '')
    .slice(0, 63) || 'pitwall';
