import { readFileSync } from 'node:fs';
import { sealed } from '@pitwall/controller/gate/serial';
import { exampleOf, type JsonSchema, type OpenApi, operationsOf } from '@pitwall/controller/testing/openapi-document';
import type { LiveRequest } from '@pitwall/protocol/api';
import mqttPacket from 'mqtt-packet';

const none: OpenApi = { paths: {} };

/**
 * What is not asked half a million times: it hashes passwords for a third of a second each, waits seconds for a car that is not there, or
 * keeps something more each time that it is asked.
 */
const aside =
  /people|session|backup|\/cars\/:|standby|tokens|webhooks|account\/password|POST.*(racers|machines|models)$/;

/** Each operation of the document as bytes, asked by each of these. */
export function httpRequests(document: OpenApi, tokens: readonly string[]): Buffer[] {
  const operations = operationsOf(document).filter(({ what }) => !aside.test(what));
  return operations.flatMap(({ method, path, query, body }) =>
    tokens.map((token) => {
      const json = body === undefined ? '' : JSON.stringify(body);
      const filled = path.replaceAll(/\{(\w+)\}/g, (_, name: string) => (name === 'race' ? 'friday' : 'nowhere'));
      const head = [
        `${method} ${filled}${query} HTTP/1.1`,
        'host: 127.0.0.1',
        `authorization: Bearer ${token}`,
        'cookie: pitwall.session_token=abc.def',
        'x-pitwall-invitation: none',
        ...(body === undefined ? [] : ['content-type: application/json', `content-length: ${Buffer.byteLength(json)}`]),
        'connection: close',
      ];
      return Buffer.from(`${head.join('\r\n')}\r\n\r\n${json}`);
    }),
  );
}

/** One of each kind that the live connection takes. */
export const liveRequests: readonly LiveRequest[] = [
  { type: 'follow', race: 'friday', after: 0 },
  { type: 'unfollow', race: 'friday' },
  { type: 'watch', cars: ['red'] },
  { type: 'preview', cars: [], token: 'pw_none' },
  { type: 'identify', token: 'pw_none' },
  { type: 'follow-online', race: 'friday', invitation: 'none' },
  { type: 'unfollow-online', race: 'friday' },
  { type: 'follow-show', event: 'autumn' },
  { type: 'unfollow-show', event: 'autumn' },
].map((request) => request as unknown as LiveRequest);

/** A frame of a client (RFC 6455 §5.2), masked with zeros: what is sent is what is seen. */
export function liveFrame(payload: Uint8Array, opcode = 1): Buffer {
  const { length } = payload;
  const long = length > 125;
  const head = Buffer.alloc((long ? 4 : 2) + 4);
  head[0] = 0x80 | opcode;
  head[1] = 0x80 | (long ? 126 : length);
  if (long) head.writeUInt16BE(Math.min(length, 65_535), 2);
  return Buffer.concat([head, payload]);
}

export const liveHandshake = (path: string): string =>
  [
    `GET ${path} HTTP/1.1`,
    'host: 127.0.0.1',
    'connection: Upgrade',
    'upgrade: websocket',
    'sec-websocket-version: 13',
    'sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==',
    '\r\n',
  ].join('\r\n');

interface AsyncApi {
  readonly channels: Readonly<
    Record<string, { readonly address: string; readonly messages: Record<string, { readonly payload: JsonSchema }> }>
  >;
}

/** What a car and a gate may say, with examples by the AsyncAPI document. */
export function mqttMessages(): { of: 'car' | 'gate'; topic: string; payload: Buffer }[] {
  const file = new URL('../../docs/api/asyncapi.json', import.meta.url);
  const { channels } = JSON.parse(readFileSync(file, 'utf8')) as AsyncApi;
  return Object.values(channels).flatMap(({ address, messages }) => {
    const of = /\/cars\//.test(address) ? 'car' : /\/gates\//.test(address) ? 'gate' : undefined;
    const [message] = Object.values(messages);
    const isTheirs = /presence|state|telemetry|event|preview|reply|crossing|sync|stop$/.test(address);
    if (of === undefined || message === undefined || !isTheirs) return [];
    const example = exampleOf(message.payload, none) as Record<string, unknown>;
    const payload = 'gate' in example ? { ...example, gate: 'start' } : example;
    return [
      {
        of,
        topic: address.replace(/\{\w+\}/, of === 'car' ? 'red' : 'start'),
        payload: Buffer.from(JSON.stringify(payload)),
      },
    ];
  });
}

export const mqttConnect = (username: string, password: string): Buffer =>
  mqttPacket.generate({
    ...{ cmd: 'connect', protocolId: 'MQTT', protocolVersion: 4, clean: true, keepalive: 30 },
    ...{ clientId: `x${Math.random()}`, username, password: Buffer.from(password) },
  } as mqttPacket.IConnectPacket);

export const mqttPublish = (topic: string, payload: Buffer): Buffer =>
  mqttPacket.generate({ cmd: 'publish', topic, payload, qos: 0, dup: false, retain: false });

/** One of each other kind of packet that a client sends. */
export const mqttPackets: readonly Buffer[] = (
  [
    {
      cmd: 'publish',
      topic: 'pitwall/v1/gates/start/sync',
      payload: '{}',
      qos: 1,
      messageId: 7,
      dup: true,
      retain: false,
    },
    {
      cmd: 'publish',
      topic: 'pitwall/v1/gates/start/sync',
      payload: '{}',
      qos: 2,
      messageId: 8,
      dup: false,
      retain: true,
    },
    { cmd: 'subscribe', messageId: 9, subscriptions: [{ topic: 'pitwall/v1/races/+/lap', qos: 2 }] },
    { cmd: 'unsubscribe', messageId: 10, unsubscriptions: ['pitwall/v1/races/+/lap'] },
    { cmd: 'puback', messageId: 11 },
    { cmd: 'pubrec', messageId: 12 },
    { cmd: 'pubrel', messageId: 13 },
    { cmd: 'pubcomp', messageId: 14 },
    { cmd: 'pingreq' },
    { cmd: 'disconnect' },
    { cmd: 'connect', protocolId: 'MQTT', protocolVersion: 5, clientId: 'y', clean: true, keepalive: 1 },
    { cmd: 'connect', protocolId: 'MQIsdp', protocolVersion: 3, clientId: 'z', clean: true, keepalive: 1 },
  ] as mqttPacket.Packet[]
).map((packet) => mqttPacket.generate(packet));

/** Lines of each kind of gate on a serial line. */
export const serialLines = {
  'lap-gate': [
    sealed('H 1a2b3c4d 7 1'),
    sealed('E 7 0 0000abcdef 1'),
    sealed('E 7 1 0000abcdff 0'),
    sealed('P 0 7 0000b00000 0000b00010 0 0 2'),
  ],
  passings: [
    '\x01@\t20\t102\t1234567\t12.345\t21\t111\txAB12\r\n',
    '\x01#\t20\t103\t0\txCD34\r\n',
    '00D59F0001E240-01051F2C40\n',
  ],
  pulse: ['.\n', 'pulse\r\n', 'x'],
} as const satisfies Readonly<Record<string, readonly string[]>>;

/** Of a board to its computer: versions, its name, its pins, strings, I²C replies, analog and digital values (Firmata 2.5). */
export const fromBoard: readonly Uint8Array[] = [
  [0xf9, 2, 5],
  [0xf0, 0x79, 2, 5, 0x50, 0, 0x69, 0, 0x74, 0, 0xf7],
  [0xf0, 0x6c, ...Array.from({ length: 20 }, () => [0, 1, 1, 1, 4, 14, 0x7f]).flat(), 0xf7],
  [0xf0, 0x6a, ...Array.from({ length: 20 }, (_, pin) => (pin < 14 ? 0x7f : pin - 14)), 0xf7],
  [0xf0, 0x71, 0x6e, 0, 0x65, 0, 0x75, 0, 0xf7],
  [0xf0, 0x77, 0x68, 0, 0x3b, 0, 1, 0, 2, 0, 3, 0, 4, 0, 0xf7],
  [0xf0, 0x6e, 9, 4, 0x10, 0xf7],
  [0xe0, 0x10, 0x20],
  [0x91, 0x7f, 0x01],
].map((bytes) => Uint8Array.from(bytes));

/** Of the computer to a board that drives motor and steering. */
export const toDriveUnit: readonly Uint8Array[] = [
  [0xf4, 9, 4],
  [0xe9, 1446 & 127, 1446 >> 7],
  [0xf0, 0x0d, 9, 1446 & 127, 1446 >> 7, 0xf7],
  [0xf0, 0x70, 9, 1000 & 127, 1000 >> 7, 2000 & 127, 2000 >> 7, 0xf7],
  [0xf0, 0x6f, 9, 0x5c, 0x0b, 0xf7],
  [0xf9],
  [0xf0, 0x6b, 0xf7],
  [0xf0, 0x69, 0xf7],
  [0xf0, 0x79, 0xf7],
].map((bytes) => Uint8Array.from(bytes));

/** Of the computer to a lap gate. */
export const toLapGate: readonly string[] = [
  ...['?', 'N 1234abcd', 'P 1f', 'A 1 5', 'R 1 0'].map((line) => sealed(line)),
];

/** Frames of radio receivers: i-BUS and S.BUS. */
export const receiverFrames: Readonly<Record<'ibus' | 'sbus', Uint8Array>> = {
  ibus: ibusFrame(),
  sbus: Uint8Array.from([0x0f, ...Array.from({ length: 22 }, (_, at) => (at * 37) & 255), 0, 0]),
};

function ibusFrame(): Uint8Array {
  const frame = Buffer.alloc(32);
  frame[0] = 0x20;
  frame[1] = 0x40;
  for (let channel = 0; channel < 14; channel += 1) frame.writeUInt16LE(1500, 2 + 2 * channel);
  frame.writeUInt16LE((0xffff - frame.subarray(0, 30).reduce((sum, byte) => sum + byte, 0)) & 0xffff, 30);
  return frame;
}
