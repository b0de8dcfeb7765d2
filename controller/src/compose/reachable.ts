import { networkInterfaces } from 'node:os';

const hostInUrl = (host: string): string => (host.includes(':') && !host.startsWith('[') ? `[${host}]` : host);

/** Where a phone in the same network reaches what listens at the host: of all addresses the first one in the network. */
export function reachableAt(host: string): string {
  if (host !== '0.0.0.0' && host !== '::') return hostInUrl(host);
  const outside = Object.values(networkInterfaces())
    .flat()
    .find((address) => address?.family === 'IPv4' && !address.internal);
  return outside?.address ?? '127.0.0.1';
}
