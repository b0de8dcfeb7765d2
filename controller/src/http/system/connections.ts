import type { IncomingMessage } from 'node:http';
import type { Server, Socket } from 'node:net';
import { addressKey, limits } from '../../limits/index.js';
import { isOwnMachine } from '../../tls/index.js';

/**
 * Of more connections than one address may have, the one that has asked nothing for longest goes: whoever only holds them keeps nobody
 * out who comes anew from the same address. Live connections are counted by themselves (budgets.ts), and stay.
 */
export function limitConnections(server: Pick<Server, 'on'>, most: number = limits.connections.ofAddress): void {
  /** By address, each by its port there, the latest last. A request knows its connection by these alone: below TLS it is another. */
  const open = new Map<string, Map<number, Socket>>();
  const ofRequest = ({ socket }: IncomingMessage) => open.get(addressKey(socket.remoteAddress ?? ''));
  server.on('connection', (socket: Socket) => {
    const { remoteAddress, remotePort } = socket;
    if (remoteAddress === undefined || remotePort === undefined || isOwnMachine(socket)) return;
    const key = addressKey(remoteAddress);
    const ofAddress = open.get(key) ?? new Map<number, Socket>();
    open.set(key, ofAddress.set(remotePort, socket));
    socket.once('close', () => {
      if (ofAddress.get(remotePort) === socket) ofAddress.delete(remotePort);
      if (ofAddress.size === 0 && open.get(key) === ofAddress) open.delete(key);
    });
    if (ofAddress.size > most) ofAddress.values().next().value?.destroy();
  });
  server.on('request', (request: IncomingMessage) => {
    const ofAddress = ofRequest(request);
    const port = request.socket.remotePort ?? 0;
    const socket = ofAddress?.get(port);
    if (ofAddress === undefined || socket === undefined) return;
    ofAddress.delete(port);
    ofAddress.set(port, socket);
  });
  server.on('upgrade', (request: IncomingMessage) => ofRequest(request)?.delete(request.socket.remotePort ?? 0));
}
