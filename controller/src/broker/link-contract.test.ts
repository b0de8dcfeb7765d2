import type { EpochMs } from '@pitwall/protocol';
import { mqttLinkContract } from '@pitwall/runtime/testing';
import { pino } from 'pino';
import { Identities } from '../link/index.js';
import { Broker } from './index.js';

const timers = { set: () => undefined, clear: () => undefined };
const log = pino({ level: 'silent' });

mqttLinkContract('the embedded broker', async () => {
  const identities = new Identities({ epoch: () => 0 as EpochMs, timers, log });
  const accounts = {
    authenticate: async (name: string) => ({ name, role: 'gate' as const }),
    changes: { watch: () => () => undefined },
  };
  const broker = new Broker({ accounts, identities, port: 0, log });
  const { url } = await broker.start();
  return { url, controller: broker.credential, stop: () => broker.stop() };
});
