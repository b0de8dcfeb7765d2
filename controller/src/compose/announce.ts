import type { CiaoService, Responder } from '@homebridge/ciao';
import type { Logger } from 'pino';
import type { Network } from './network.js';
import type { Say, Started } from './running.js';

/** What of this controller phones and machines may look for (RFC 6763). */
export interface Announced {
  readonly type: 'http' | 'https' | 'secure-mqtt' | 'mqtt';
  readonly port: number;
}

/** So long the end waits for the network to be told, ms. */
const goodbyeMs = 1000;

/**
 * Tells the network by mDNS (RFC 6762) under which name it finds this controller: `NAME.local`. Where another has the name already, this
 * one takes the next, and says so. In the background: nobody waits for a network that does not answer.
 */
export async function announce(
  services: readonly Announced[],
  { network, name, say, logger }: { network: Network; name: string; say: Say; logger: Logger },
  started: Started,
): Promise<void> {
  const { getResponder } = await import('@homebridge/ciao');
  const responder: Responder = getResponder();
  const hostname = network.label();
  started.add(async () => {
    const late = new Promise<void>((resolve) => setTimeout(resolve, goodbyeMs).unref());
    await Promise.race([responder.shutdown().catch(() => undefined), late]);
  });
  const begin = async ({ type, port }: Announced) => {
    const service: CiaoService = responder.createService({ name, type, port, hostname });
    service.on('hostname-change', (taken: string) => {
      const label = taken.replace(/\.local\.?$/, '');
      if (label === network.label()) return;
      network.rename(label);
      say({ type: 'warning', text: `Another computer is ${hostname}.local already: this one is ${label}.local.` });
    });
    await service.advertise();
  };
  for (const service of services)
    begin(service).catch((error: Error) =>
      logger.warn({ reason: error.message }, 'the network cannot be told of this controller by mDNS'),
    );
}
