import type { BootId, CarId, Micros } from '@pitwall/protocol';
import type { CarAction, CarReply } from '@pitwall/protocol/messages';
import { beforeEach, describe, expect, it } from 'vitest';
import { CommandDesk } from './command-desk.js';

const bootId = 'boot' as BootId;
const self = { host: 'pi', machine: 'a'.repeat(12), instance: '1'.repeat(12) };

let done: CarAction[];
let replies: Pick<CarReply, 'outcome' | 'code' | 'message'>[];
let desk: CommandDesk;
let foreign: string[];

beforeEach(() => {
  [done, replies, foreign] = [[], [], []];
  desk = new CommandDesk({
    car: 'blue' as CarId,
    bootId,
    computer: self,
    now: () => 5 as Micros,
    command: ({ action }) => {
      done.push(action);
      return undefined;
    },
    reply: (reply) => void replies.push(reply),
    onForeign: (sentence) => void foreign.push(sentence),
  });
});

const give = (action: CarAction | { type: 'unheard-of' }, to?: string, protocol?: object) =>
  desk.hear(
    JSON.stringify({
      commandId: crypto.randomUUID(),
      who: 'mara',
      expires: { bootId, at: 1_000_000 },
      action,
      ...(to === undefined ? {} : { to }),
      ...(protocol === undefined ? {} : { protocol }),
    }),
  );

describe('a command', () => {
  it('for this computer, or for whichever is the car, is done and answered', () => {
    give({ type: 'start' }, self.instance);
    give({ type: 'stop' });
    expect(done).toEqual([{ type: 'start' }, { type: 'stop' }]);
    expect(replies).toMatchObject([{ outcome: 'done' }, { outcome: 'done' }]);
  });

  it('for another computer with this car’s identity is neither', () => {
    give({ type: 'start' }, '2'.repeat(12));
    expect(done).toEqual([]);
    expect(replies).toEqual([]);
  });

  it('that is an emergency stop for another computer stops this one too, and is answered by the other', () => {
    give({ type: 'e-stop' }, '2'.repeat(12));
    expect(done).toEqual([{ type: 'e-stop' }]);
    expect(replies).toEqual([]);
  });
});

describe('a controller of another protocol', () => {
  const newer = { number: 99, oldest: 98 };

  it('is told in one sentence, also where its words are none here', () => {
    give({ type: 'start' }, undefined, newer);
    give({ type: 'unheard-of' }, undefined, newer);
    expect(done).toEqual([]);
    const message = expect.stringMatching(/^This car speaks protocol \d+ and the controller 99, .*: update the car\.$/);
    expect(foreign).toEqual([message, message]);
    expect(replies).toMatchObject([1, 2].map(() => ({ outcome: 'refused', code: 'version-incompatible', message })));
  });

  it('stops the car all the same, and can change its version', () => {
    for (const type of ['e-stop', 'stop', 'roll-back'] as const) give({ type }, undefined, newer);
    expect(done.map(({ type }) => type)).toEqual(['e-stop', 'stop', 'roll-back']);
  });

  it('that still works with this one is obeyed', () => {
    give({ type: 'start' }, undefined, { number: 99, oldest: 1 });
    expect(done).toEqual([{ type: 'start' }]);
  });
});
