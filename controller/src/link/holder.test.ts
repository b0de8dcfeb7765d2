import type { Micros, SessionId } from '@pitwall/protocol';
import type { Computer } from '@pitwall/protocol/messages';
import { describe, expect, it } from 'vitest';
import { type LinkEventName, type LinkOutcome, type LinkState, linkStates } from '../../testing/state-tables.js';
import { Holder } from './holder.js';
import { Identities } from './identities.js';

const computers: Record<'first' | 'second', Computer> = {
  first: { host: 'pi-1', machine: '111111111111', instance: 'aaaaaaaaaaaa' },
  second: { host: 'pi-2', machine: '222222222222', instance: 'bbbbbbbbbbbb' },
};
type Who = keyof typeof computers;

/** Two computers that say that they are one car or gate, and which of them is believed. */
class Rig {
  now = 100_000_000;
  readonly identities = new Identities({
    epoch: () => 0 as never,
    timers: { set: () => undefined, clear: () => undefined },
    log: { warn: () => undefined },
  });
  readonly holder: Holder;

  constructor(kind: 'car' | 'gate') {
    this.holder = new Holder(`${kind}:it`, this.identities);
  }

  pass(seconds: number): void {
    this.now += seconds * 1_000_000;
  }

  presence(who: Who, status: 'online' | 'lost'): boolean {
    const said = { sessionId: who as SessionId, status, computer: computers[who] };
    return this.holder.takesPresence(said as never, this.now as Micros);
  }

  speaks(who: Who): boolean {
    return this.holder.takes({ sessionId: who as SessionId }, this.now as Micros);
  }

  get who(): Who | 'nobody' {
    const { instance } = this.holder;
    return instance === undefined ? 'nobody' : instance === computers.first.instance ? 'first' : 'second';
  }
}

/** The second was here before, so that what it says is known for its own. */
const first = (rig: Rig) => {
  rig.presence('second', 'online');
  rig.presence('second', 'lost');
  rig.presence('first', 'online');
};
const states: Record<LinkState, (rig: Rig) => void> = {
  nobody: () => undefined,
  first,
  'first, silent': (rig) => {
    first(rig);
    rig.pass(5);
  },
  'first, away': (rig) => {
    first(rig);
    rig.presence('first', 'lost');
  },
};
const events: Record<LinkEventName, (rig: Rig) => boolean> = {
  'the first comes online': (rig) => rig.presence('first', 'online'),
  'the first goes': (rig) => rig.presence('first', 'lost'),
  'the first speaks': (rig) => rig.speaks('first'),
  'the second comes online': (rig) => rig.presence('second', 'online'),
  'the second goes': (rig) => rig.presence('second', 'lost'),
  'the second speaks': (rig) => rig.speaks('second'),
};

describe.each(['car', 'gate'] as const)('the link of a %s, in every state at every event', (kind) => {
  const cells = Object.entries(linkStates).flatMap(([state, row]) =>
    Object.entries(row).map(([event, outcome]) => ({ state, event, outcome }) as Cell),
  );
  interface Cell {
    readonly state: LinkState;
    readonly event: LinkEventName;
    readonly outcome: LinkOutcome;
  }

  it.each(cells)('$state, $event: $outcome', ({ state, event, outcome }) => {
    const rig = new Rig(kind);
    states[state](rig);
    const listened = events[event](rig);
    expect(`${rig.who}${listened ? '' : ', ignored'}`).toBe(outcome);
    // People are told of a second one exactly while it is refused.
    const refused = state === 'first' && event === 'the second comes online';
    expect(rig.identities.of(`${kind}:it`).rival?.host ?? null).toBe(refused ? 'pi-2' : null);
  });
});
