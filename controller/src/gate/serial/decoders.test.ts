import type { Micros } from '@pitwall/protocol';
import { hostClock } from '@pitwall/runtime';
import { describe, expect, it } from 'vitest';
import { Listener } from '../../../testing/sensor-listener.js';
import { crc16, sealed, unsealed } from './crc.js';
import { LineCutter } from './decoder.js';
import { PassingsDecoder, type Port, PulseDecoder, SerialSensor } from './index.js';
import { parsePassing } from './passings.js';

const clock = hostClock();
const at = (ms: number) => (ms * 1000) as Micros;
const bytes = (text: string) => Buffer.from(text, 'latin1');

describe('a sealed line', () => {
  it('has the CRC that others compute', () => expect(crc16('123456789')).toBe(0x31c3));
  it('opens when it is whole, and not when a bit is wrong', () => {
    const line = sealed('E 1 2f 00001234 0').trimEnd();
    expect(unsealed(line)).toBe('E 1 2f 00001234 0');
    for (let i = 0; i < line.length; i++) {
      const wrong = line.slice(0, i) + String.fromCharCode(line.charCodeAt(i) ^ 1) + line.slice(i + 1);
      expect(unsealed(wrong)).toBeUndefined();
    }
  });
});

it('says when the first byte of each line came, however the bytes are cut', () => {
  const cutter = new LineCutter(5);
  expect(cutter.cut(bytes('ab'), at(1))).toEqual([]);
  expect(cutter.cut(bytes('c\r\nde'), at(2))).toEqual([{ text: 'abc', began: at(1) }]);
  expect(cutter.cut(bytes('\n123456\n'), at(3))).toEqual([
    { text: 'de', began: at(2) },
    { text: undefined, began: at(3) },
  ]);
});

describe('a bare pulse', () => {
  it.each([
    ['a line', [['lap\r\n', 10]], [10]],
    ['two lines at once', [['x\nx\n', 10]], [10, 10]],
    [
      'a line in pieces',
      [
        ['la', 10],
        ['p\n', 11],
      ],
      [10],
    ],
    [
      'bytes without lines',
      [
        ['!', 10],
        ['!', 400],
        ['!', 900],
      ],
      [10, 400, 900],
    ],
    ['an empty line', [['\r\n', 10]], []],
  ] as const)('is %s', (_, chunks, stamps) => {
    const listener = new Listener();
    const decoder = new PulseDecoder(listener.events, clock);
    decoder.opened();
    for (const [text, ms] of chunks) decoder.bytes(bytes(text), at(ms));
    expect(listener.edges.map((edge) => edge.at)).toEqual(stamps.map(at));
  });
});

describe('a passing', () => {
  it.each([
    // The example of RCHourglass's documentation.
    ['23E35500075A06-01152A0000', { transponder: '2351957', at: 481_798 * 250, uncertainty: 250, strength: 21 }],
    [
      '\x01@\t20\t318\t5402130\t6.723\t41\t97\t2\txAA12',
      { transponder: '5402130', at: 6_723_000, uncertainty: 1000, strength: 41 },
    ],
    ['\x01@\t130\t9000001\t58.105', { transponder: '9000001', at: 58_105_000, uncertainty: 1000 }],
    ['\x01#\t20\t319\t38\t0\txC249', 'alive'],
    ['@\t20\tabc\t6.723', undefined],
    ['@\t20\t5402130\t6.7', undefined],
    ['@\t6.723', undefined],
    ['23E35500075A06-01152A00', undefined],
    ['', undefined],
  ] as const)('%j', (line, expected) => expect(parsePassing(line)).toEqual(expected));

  it("keeps the decoder's clock through delays, and names a new life when the decoder starts anew", async () => {
    const listener = new Listener();
    const decoder = new PassingsDecoder(listener.events, clock);
    decoder.opened();
    const passing = (seconds: number) => bytes(`\x01@\t20\t1\t777\t${seconds.toFixed(3)}\t41\r\n`);
    decoder.bytes(passing(100), at(500_000 + 30));
    decoder.bytes(passing(112.345), at(512_345 + 8));
    decoder.bytes(bytes('rubbish\r\n\x01#\t20\t1\r\n'), at(512_400));
    decoder.bytes(passing(3), at(600_000));
    const [first, second, third] = listener.edges;
    expect((second?.at ?? 0) - (first?.at ?? 0)).toBe(12_345_000);
    expect(first?.bootId).toBe(second?.bootId);
    expect(third?.bootId).not.toBe(first?.bootId);
    expect(third?.transponder).toBe('777');
    expect(listener.lost).toBe(1);
    expect(await decoder.probe(at(601_000))).toEqual({
      bootId: third?.bootId,
      receivedAt: at(4000),
      answeredAt: at(4000),
    });
  });
});

it('a serial port is found again when it was unplugged', async () => {
  const listener = new Listener();
  const ports: { data: (chunk: Uint8Array) => void; close: () => void }[] = [];
  let there = false;
  const open = async (): Promise<Port> => {
    if (!there) throw new Error('No such file or directory, cannot open /dev/gate');
    const port = { data: (_: Uint8Array) => {}, close: () => {} };
    ports.push(port);
    return {
      write: () => undefined,
      onData: (handler) => {
        port.data = handler;
      },
      onClose: (handler) => {
        port.close = handler;
      },
      close: async () => port.close(),
    };
  };
  const sensor = new SerialSensor(
    { port: '/dev/gate', baud: 9600 },
    clock,
    (events) => new PulseDecoder(events, clock),
    open,
  );
  await sensor.start(listener.events);
  expect(listener.messages[0]).toMatch(/No such file/);
  there = true;
  await listener.until(() => listener.statuses.at(-1) === 'ok');
  ports[0]?.data(bytes('x\n'));
  ports[0]?.close();
  await listener.until(() => listener.statuses.length === 4);
  ports[1]?.data(bytes('x\n'));
  expect(listener.edges).toHaveLength(2);
  expect(listener.statuses).toEqual(['gone', 'ok', 'gone', 'ok']);
  expect((await sensor.probe())?.bootId).toBe(clock.bootId);
  await sensor.stop();
});
