import { once } from 'node:events';
import { createServer } from 'node:net';
import { Aedes } from 'aedes';
import { expect, it } from 'vitest';
import { mqttLinkContract } from '../testing/index.js';
import { hostClock } from './index.js';
import { MqttLink } from './mqtt-link.js';

async function listening(aedes: Aedes) {
  const server = createServer(aedes.handle);
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as { port: number };
  return {
    url: `mqtt://127.0.0.1:${port}`,
    stop: async () => {
      await new Promise<void>((resolve) => aedes.close(resolve));
      server.close();
    },
  };
}

mqttLinkContract('aedes', async () => {
  const broker = await listening(await Aedes.createBroker());
  return { ...broker, controller: { username: 'controller', password: '' } };
});

it('waits long where another client has its identity, and says whose', async () => {
  const aedes = await Aedes.createBroker();
  // CONNACK return code 2 of MQTT 3.1.1 (3.2.2.3).
  aedes.authenticate = (_client, _username, _password, done) =>
    done(Object.assign(new Error('identifier rejected'), { returnCode: 2 }), false);
  const { url, stop } = await listening(aedes);
  const lines: string[] = [];
  const log = { debug: () => {}, warn: () => {}, error: (_: object, line: string) => void lines.push(line) };
  const link = new MqttLink({ url, username: 'car:blue', password: '', clock: hostClock(), log, random: () => 0 });
  const loss = await new Promise((resolve) => {
    link.onDown(resolve);
    link.start();
  });
  await link.stop();
  await stop();
  expect(loss).toMatchObject({ isTaken: true, waitMs: 5000 });
  expect(lines).toEqual([expect.stringMatching(/is car:blue already: give each an id/)]);
});
