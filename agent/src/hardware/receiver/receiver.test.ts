import type { ReceiverProfile } from '@pitwall/firmware-config';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import type { Outputs } from '../drivetrain.js';
import { type OpenReceiverPort, RcReceiver } from './receiver.js';

/** Channels 1 and 2 drive, 5 kills where it is long, 6 takes over. */
const profile: ReceiverProfile = {
  kind: 'ibus',
  port: '/dev/serial0',
  steering: { channel: 1, reversed: false },
  throttle: { channel: 2, reversed: false },
  kill: { channel: 5, high: true },
  manual: 6,
};
const rest = { steering: 1500, throttle: 1500, kill: 1000, manual: 1000 };

let on: Parameters<OpenReceiverPort>[1] | undefined;
let receiver: RcReceiver;
let driven: Outputs[];
let commands: string[];
let stops: number;
let told: string[];

function begin(over: Partial<ReceiverProfile> = {}): void {
  receiver = new RcReceiver(
    { ...profile, ...over },
    {
      open: async (_, told) => {
        on = told;
        return { close: async () => {} };
      },
      events: { lost: (why) => told.push(why), found: () => told.push('found') },
    },
  );
  receiver.start({
    drive: (outputs) => driven.push(outputs),
    command: (command) => commands.push(command),
    emergency: () => {
      stops += 1;
    },
  });
}

beforeEach(() => {
  vi.useFakeTimers();
  [driven, commands, stops, told, on] = [[], [], 0, [], undefined];
  begin();
});
afterEach(() => {
  receiver.stop();
  vi.useRealTimers();
});

function frame({ steering, throttle, kill, manual }: typeof rest): Buffer {
  const bytes = Buffer.alloc(32);
  bytes.set([0x20, 0x40]);
  for (const [i, value] of [steering, throttle, 1500, 1500, kill, manual, ...Array(8).fill(1500)].entries())
    bytes.writeUInt16LE(value, 2 + 2 * i);
  bytes.writeUInt16LE(0xffff - bytes.subarray(0, 30).reduce((sum, byte) => sum + byte, 0), 30);
  return bytes;
}
/** A frame every 7 ms for so long. */
async function hear(ms: number, over: Partial<typeof rest> = {}): Promise<void> {
  for (let passed = 0; passed < ms; passed += 7) {
    on?.bytes(frame({ ...rest, ...over }));
    await vi.advanceTimersByTimeAsync(7);
  }
}
const silence = (ms: number) => vi.advanceTimersByTimeAsync(ms);
const forget = () => {
  [driven, commands, stops] = [[], [], 0];
};

describe('the kill switch of a transmitter', () => {
  it('stops the car within 30 ms, and as long as it is on', async () => {
    await hear(100);
    expect(stops).toBe(0);
    await hear(30, { kill: 2000 });
    expect(stops).toBeGreaterThan(0);
    await hear(200, { kill: 2000 });
    expect(stops).toBeGreaterThan(8);
    forget();
    await hear(100);
    expect(stops).toBe(0);
  });

  it('counts as on where it is neither on nor off', async () => {
    await hear(50, { kill: 1500 });
    expect(stops).toBeGreaterThan(0);
  });

  it('stops the car when the receiver is silent, and goes on stopping it', async () => {
    await hear(100);
    await silence(250);
    expect(stops).toBeGreaterThan(0);
    const before = stops;
    await silence(200);
    expect(stops).toBeGreaterThan(before);
  });

  it('is missed two seconds after the start where it was never heard', async () => {
    await silence(1900);
    expect(stops).toBe(0);
    await silence(200);
    expect(stops).toBeGreaterThan(0);
  });

  it('says so where the receiver is not heard for a second, and when it is again', async () => {
    await hear(100);
    await silence(1100);
    expect(told).toEqual(['found', expect.stringMatching(/not heard; is its transmitter on/)]);
    await silence(300);
    await hear(50);
    expect(told.at(-1)).toBe('found');
  });

  it('may be wired to stop by a short pulse', async () => {
    receiver.stop();
    begin({ kill: { channel: 5, high: false } });
    await silence(1);
    await hear(50, { kill: 2000 });
    expect(stops).toBe(0);
    await hear(50, { kill: 1000 });
    expect(stops).toBeGreaterThan(0);
  });

  it('is not there where the profile names none: silence is the dead-man’s', async () => {
    receiver.stop();
    begin({ kill: undefined });
    await silence(5000);
    expect(stops).toBe(0);
  });
});

describe('driving by a transmitter', () => {
  it('begins when its switch is put on, and says so again and again; ends when it is put off', async () => {
    await hear(100);
    await hear(100, { manual: 2000 });
    expect(commands).toEqual(['arm', 'start']);
    await hear(400, { manual: 2000, steering: 2000, throttle: 1750 });
    expect(driven.at(-1)).toEqual({ steering: 1, throttle: 0.5 });
    expect(driven.length).toBeGreaterThan(8);
    await hear(30, { throttle: 1750 });
    expect(commands).toEqual(['arm', 'start', 'stop']);
    forget();
    await hear(200, { throttle: 1750 });
    expect(driven).toEqual([]);
  });

  it('does not begin by finding the switch on, nor with the stick away from rest', async () => {
    await hear(300, { manual: 2000 });
    expect([commands, driven]).toEqual([[], []]);
    await hear(50);
    await hear(300, { manual: 2000, throttle: 2000 });
    expect([commands, driven]).toEqual([[], []]);
    await hear(300, { manual: 2000 });
    expect([commands, driven]).toEqual([[], []]);
  });

  it('ends by a kill and by silence, and begins again only by the switch', async () => {
    for (const end of [() => hear(50, { manual: 2000, kill: 2000 }), () => silence(300)]) {
      await hear(50);
      await hear(100, { manual: 2000 });
      forget();
      await end();
      expect(commands).toEqual(['stop']);
      forget();
      await hear(200, { manual: 2000, throttle: 1600 });
      expect([commands, driven]).toEqual([[], []]);
    }
  });

  it('turns a stick round that the profile says is reversed', async () => {
    receiver.stop();
    begin({ throttle: { channel: 2, reversed: true } });
    await silence(1);
    await hear(50);
    await hear(50, { manual: 2000 });
    await hear(100, { manual: 2000, throttle: 1000 });
    expect(driven.at(-1)).toEqual({ steering: 0, throttle: 1 });
  });
});
