import type { Socket } from 'node:net';
import type { Server } from 'node:tls';
import type { CertificateSource } from './certificate.js';

/** The first byte of a TLS connection: a handshake record (RFC 8446, 5.1). HTTP begins with a letter, MQTT with 0x10. */
const handshake = 0x16;
/** So long a connection may say nothing at first, ms. */
const silentMs = 10_000;

/** Of this machine alone: an address as a socket or a URL has it (RFC 1122, 3.2.1.3; RFC 4291, 2.5.3 and 2.5.5.2), or the name for it. */
export const isLoopback = (host: string): boolean =>
  /^(localhost|::1|\[::1\]|(::ffff:)?127(\.\d{1,3}){3})$/i.test(host);

/**
 * Whether the other end is a program of this machine: from loopback, or from the very address that it called. Linux takes no packet
 * from a network that claims to come from an address of its own (`accept_local`, Documentation/networking/ip-sysctl.rst).
 */
export function isOwnMachine({ remoteAddress, localAddress }: Socket): boolean {
  return remoteAddress !== undefined && (isLoopback(remoteAddress) || remoteAddress === localAddress);
}

/**
 * One port for TLS and for what is not: a TLS server hands connections that begin without a handshake to `plain`. What that does with
 * those of other machines is its own business.
 */
export function alsoPlain(server: Server, plain: (socket: Socket) => void): void {
  const [secure] = server.listeners('connection') as ((socket: Socket) => void)[];
  server.removeAllListeners('connection');
  server.on('connection', (socket: Socket) => {
    const give = () => socket.destroy();
    socket.setTimeout(silentMs, give);
    socket.once('error', give);
    socket.once('data', (first: Buffer) => {
      socket.setTimeout(0);
      socket.off('timeout', give);
      // Whoever has it reads from the beginning.
      socket.pause();
      socket.unshift(first);
      if (first[0] === handshake) secure?.call(server, socket);
      else plain(socket);
      socket.off('error', give);
      process.nextTick(() => socket.resume());
    });
  });
}

/** Shows each new certificate from the next connection on. Answers how to stop. */
export const followCertificate = (server: Server, source: CertificateSource): (() => void) =>
  source.watch((certificate) => server.setSecureContext(certificate));
