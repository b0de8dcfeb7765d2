import { GateId } from '@pitwall/protocol';
import { CrossingAck, topics } from '@pitwall/protocol/messages';
import { connectAsync, type MqttClient } from 'mqtt';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { hostClock } from '../src/index.js';
import { type LinkLoss, MqttLink, type MqttLinkOptions } from '../src/mqtt-link.js';
import { relay } from './relay.js';

/** A broker that takes the user `gate:start` with the password `start`. */
export interface BrokerUnderTest {
  readonly url: string;
  /** Of a client that may read and write every topic. */
  readonly controller: { readonly username: string; readonly password: string };
  stop(): Promise<void>;
}

const gate = GateId.parse('start');

/** What {@link MqttLink} promises, over a broker of any make. */
export function mqttLinkContract(name: string, startBroker: () => Promise<BrokerUnderTest>): void {
  describe(`a link over ${name}`, () => {
    const lines: string[] = [];
    const log = { debug: () => {}, warn: said, error: said };
    let broker: BrokerUnderTest;
    let url: string;
    const links: MqttLink[] = [];
    const others: MqttClient[] = [];

    function said(_details: object, message: string): void {
      lines.push(message);
    }

    beforeEach(async () => {
      lines.length = 0;
      broker = await startBroker();
      url = broker.url;
    });

    afterEach(async () => {
      for (const link of links.splice(0)) await link.stop();
      for (const client of others.splice(0)) await client.endAsync(true);
      await broker.stop();
    });

    function link(options: Partial<MqttLinkOptions> = {}): MqttLink {
      const made = new MqttLink({ url, username: `gate:${gate}`, password: gate, clock: hostClock(), log, ...options });
      links.push(made);
      return made;
    }

    async function controller(): Promise<MqttClient> {
      const client = await connectAsync(url, { ...broker.controller, protocolVersion: 4 });
      others.push(client);
      return client;
    }

    it('hands on what parses, counts what does not, and logs it once for each sender', async () => {
      const subject = link();
      const got: CrossingAck[] = [];
      const arrived = new Promise<void>((resolve) => {
        subject.subscribe(topics.gate(gate, 'ack'), CrossingAck, ({ message, from }) => {
          expect(from).toEqual({ of: 'gate', id: 'start', channel: 'ack' });
          got.push(message);
          resolve();
        });
      });
      subject.start();
      await subject.ready();
      const client = await controller();
      for (const payload of ['not json', '{}', '{"bootId":"b","seqs":[]}', 'null', '{"bootId":"b","seqs":[-1]}'])
        await client.publishAsync(topics.gate(gate, 'ack'), payload);
      await client.publishAsync(topics.gate(gate, 'ack'), '{"bootId":"b","seqs":[3]}');
      await arrived;
      expect(got).toEqual([{ bootId: 'b', seqs: [3] }]);
      expect(subject.counters.malformed).toBe(5);
      expect(lines.filter((line) => line.includes('dropped'))).toHaveLength(1);
    });

    it("survives a handler's defect", async () => {
      const subject = link();
      let calls = 0;
      const twice = new Promise<void>((resolve) => {
        subject.subscribe(topics.gate(gate, 'ack'), CrossingAck, () => {
          calls += 1;
          if (calls === 2) resolve();
          throw new TypeError('a defect');
        });
      });
      subject.start();
      await subject.ready();
      const client = await controller();
      for (const seq of [1, 2]) await client.publishAsync(topics.gate(gate, 'ack'), `{"bootId":"b","seqs":[${seq}]}`);
      await twice;
      expect(subject.isUp).toBe(true);
    });

    it('is lost by its will, comes back with a fresh session, and says goodbye', async () => {
      const through = await relay(() => url);
      const client = await controller();
      await client.subscribeAsync(topics.gate(gate, 'presence'));
      const statuses: [string, string][] = [];
      const seen = (status: string) =>
        new Promise<void>((resolve) => {
          const listener = (_: string, payload: Buffer) => {
            const message = JSON.parse(payload.toString()) as { status: string; sessionId: string };
            if (message.status !== status) return;
            statuses.push([message.status, message.sessionId]);
            client.off('message', listener);
            resolve();
          };
          client.on('message', listener);
        });
      const subject = link({
        url: through.url,
        random: () => 0,
        presence: (status, envelope) => ({ topic: topics.gate(gate, 'presence'), message: { ...envelope, status } }),
      });
      let ups = 0;
      subject.onUp(() => {
        ups += 1;
      });
      const first = seen('online');
      subject.start();
      await first;
      const [lost, again] = [seen('lost'), seen('online')];
      through.cut();
      await Promise.all([lost, again]);
      await subject.ready();
      expect(ups).toBe(2);
      const goodbye = seen('offline');
      await subject.stop();
      await goodbye;
      expect(statuses.map(([status]) => status)).toEqual(['online', 'lost', 'online', 'offline']);
      const [, firstSession, secondSession, third] = [0, ...statuses.map(([, session]) => session)];
      expect(firstSession).not.toBe(third);
      expect(secondSession).toBe(firstSession);
      expect(subject.publish(topics.gate(gate, 'sync'), {})).toBe(false);
      expect(subject.counters.unsent).toBe(1);
      through.close();
    });

    it('tells of each failed try and when the next one comes, and none after its end', async () => {
      const through = await relay(() => url);
      through.open = false;
      const losses: LinkLoss[] = [];
      const subject = link({ url: through.url, backOff: { firstMs: 10, mostMs: 20 }, random: () => 1 });
      const thrice = new Promise<void>((resolve) => {
        subject.onDown((loss) => {
          losses.push(loss);
          if (losses.length === 3) resolve();
        });
      });
      subject.start();
      await thrice;
      through.open = true;
      await subject.ready();
      expect(losses.map(({ waitMs, isTaken }) => [waitMs, isTaken]).slice(0, 3)).toEqual([
        [10, false],
        [20, false],
        [20, false],
      ]);
      const told = losses.length;
      await subject.stop();
      await subject.stop();
      expect(losses).toHaveLength(told);
      through.close();
    });

    it('hears the broker answer, and hands a defect to whoever asked for it', async () => {
      const defects: unknown[] = [];
      const subject = link({ onDefect: (error) => defects.push(error) });
      let defective = () => {};
      const threw = new Promise<void>((resolve) => {
        defective = resolve;
      });
      subject.subscribeRaw(topics.gate(gate, 'ack'), () => {
        queueMicrotask(defective);
        throw new TypeError('a defect');
      });
      subject.start();
      await subject.ready();
      const heard = new Promise<void>((resolve) => subject.onHeard(resolve));
      subject.ping();
      await heard;
      const client = await controller();
      await client.publishAsync(topics.gate(gate, 'ack'), 'anything');
      await threw;
      expect(defects).toEqual([new TypeError('a defect')]);
      const published = new Promise<void>((resolve) => {
        expect(subject.publish(topics.gate(gate, 'sync'), {}, { done: resolve })).toBe(true);
      });
      await published;
    });
  });
}
