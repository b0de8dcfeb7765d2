import type { Micros } from '@pitwall/protocol';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { type TrackLinkEventName, type TrackLinkState, trackLinkStates } from '../../testing/state-tables.js';
import { BrokerWatch } from './broker-watch.js';

const lookMs = 100;
const patience = 250_000;
const cells = (Object.keys(trackLinkStates) as TrackLinkState[]).flatMap((state) =>
  (Object.keys(trackLinkStates[state]) as TrackLinkEventName[]).map(
    (event) => [state, event, trackLinkStates[state][event]] as const,
  ),
);

class World {
  now = 1_000_000;
  pings = 0;
  readonly told: ('silent' | 'heard')[] = [];
  readonly watch = new BrokerWatch({
    now: () => this.now as Micros,
    ping: () => {
      this.pings += 1;
    },
    patience: () => patience,
    onSilent: () => this.told.push('silent'),
    onHeard: () => this.told.push('heard'),
  });

  look(after: number): void {
    this.now += after;
    vi.advanceTimersByTime(lookMs);
  }

  bring(state: TrackLinkState): this {
    if (state !== 'not started') this.watch.start();
    if (state === 'silent') this.look(patience + 1);
    if (state === 'ended') this.watch.stop();
    return this;
  }

  happen(event: TrackLinkEventName): void {
    if (event === 'starts') this.watch.start();
    else if (event === 'something is heard') this.watch.heard();
    else if (event === 'ends') this.watch.stop();
    else this.look(event === 'a look, heard lately' ? 0 : patience + 1);
  }

  /** By what it does: whether it looks, whether it may begin, and what it told last. */
  state(): TrackLinkState {
    const isSilent = this.told.at(-1) === 'silent';
    const looks = () => {
      const before = this.pings;
      this.look(0);
      return this.pings > before;
    };
    if (looks()) return isSilent ? 'silent' : 'heard';
    this.watch.start();
    return looks() ? 'not started' : 'ended';
  }
}

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

describe('the link of a car to its track', () => {
  it.each(cells)('%s, %s: %s', (state, event, after) => {
    const world = new World().bring(state);
    const told = world.told.length;
    world.happen(event);
    // Each change is told once, and nothing else is.
    const changed = (after === 'silent' || after === 'heard') && state !== after && state !== 'not started';
    expect(world.told.slice(told)).toEqual(changed ? [after] : []);
    expect(world.state()).toBe(after);
  });

  it('bears a silence exactly as long as it has patience', () => {
    const world = new World().bring('heard');
    world.look(patience);
    expect(world.told).toEqual([]);
    world.look(1);
    expect(world.told).toEqual(['silent']);
  });
});
