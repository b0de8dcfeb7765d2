import { type LookupOptions, lookup } from 'node:dns';
import { BlockList, isIP, type LookupFunction } from 'node:net';

/** Addresses that are not out in the open: this machine, its networks, and what stands for other addresses (IANA's special-purpose registries, RFC 6890). */
const notPublic = new BlockList();
for (const [network, bits] of [
  ...(['0.0.0.0/8', '10.0.0.0/8', '100.64.0.0/10', '127.0.0.0/8', '169.254.0.0/16', '172.16.0.0/12'] as const),
  ...(['192.0.0.0/24', '192.0.2.0/24', '192.88.99.0/24', '192.168.0.0/16', '198.18.0.0/15'] as const),
  ...(['198.51.100.0/24', '203.0.113.0/24', '224.0.0.0/4', '240.0.0.0/4'] as const),
].map((range) => range.split('/') as [string, string]))
  notPublic.addSubnet(network, Number(bits), 'ipv4');
// Of IPv6 only 2000::/3 is public; in it stand Teredo, benchmarking and ORCHID, the documentation's networks, and 6to4.
for (const [network, bits] of [...(['2001::/23', '2001:db8::/32', '2002::/16', '3fff::/20'] as const)].map(
  (range) => range.split('/') as [string, string],
))
  notPublic.addSubnet(network, Number(bits), 'ipv6');
const global = new BlockList();
global.addSubnet('2000::', 3, 'ipv6');

export function isPublicAddress(address: string): boolean {
  const family = isIP(address);
  if (family === 4) return !notPublic.check(address, 'ipv4');
  return family === 6 && global.check(address, 'ipv6') && !notPublic.check(address, 'ipv6');
}

/** As {@link lookup}, with all addresses. */
export type Resolve = (
  hostname: string,
  options: LookupOptions & { all: true },
  done: (error: NodeJS.ErrnoException | null, addresses: { address: string; family: number }[]) => void,
) => void;

/**
 * What a connection finds an address by: public ones, or an error. The connection goes to what was looked at here, so that no second
 * answer of the name's server comes between.
 */
export const publicLookup =
  (resolve: Resolve = lookup): LookupFunction =>
  (hostname, options, done) =>
    resolve(hostname, { ...options, all: true }, (error, addresses) => {
      const failed = (why: Error) => done(why, options.all === true ? [] : '', 0);
      const [first] = addresses ?? [];
      if (error !== null || first === undefined) return failed(error ?? new Error(`${hostname} has no address`));
      if (!addresses.every(({ address }) => isPublicAddress(address)))
        return failed(new Error(`${hostname} is at an address that is not public`));
      return options.all === true ? done(null, addresses) : done(null, first.address, first.family);
    });
