import { BootId, GateId, type Micros } from '@pitwall/protocol';
import type { GatePresence } from '@pitwall/protocol/messages';
import { describe, expect, it } from 'vitest';
import { type GateEventName, type GateState, gateStates } from '../../testing/state-tables.js';
import { GateRecord } from './gate-record.js';
import { crossingCame, duplicateCame, heard, presenceCame, type Signs, troubleOf } from './trouble.js';

const bootId = BootId.parse('boot');

/** A gate that answers questions, and a clock. */
class Rig {
  seconds = 100;
  #lost = 0;
  readonly signs: Signs = new GateRecord(GateId.parse('start'), bootId, {} as never, 0).signs;

  constructor() {
    this.says({});
    this.signs.answers = true;
  }

  get now(): Micros {
    return (this.seconds * 1e6) as Micros;
  }

  get state(): GateState {
    return troubleOf(this.signs, this.now)?.kind ?? 'well';
  }

  says(presence: Partial<GatePresence>, newlyLost = 0): void {
    this.#lost += newlyLost;
    const said = { status: 'online', sensor: 'ok', waiting: 0, keeping: true, lost: this.#lost, ...presence };
    presenceCame(this.signs, said as GatePresence, this.now);
  }

  answers(): void {
    heard(this.signs, this.now);
  }

  /** Two questions a second are the fewest. */
  silence(seconds: number): void {
    this.seconds += seconds;
    this.signs.unanswered += 2 * seconds;
  }

  repeats(seconds: number): void {
    for (let passed = 0; passed <= seconds; passed += 1) {
      this.answers();
      duplicateCame(this.signs, this.now);
      if (passed < seconds) this.seconds += 1;
    }
  }
}

const states: Record<GateState, (rig: Rig) => void> = {
  well: () => undefined,
  'not-online': (rig) => rig.says({ status: 'lost' }),
  silent: (rig) => rig.silence(3),
  'sensor-gone': (rig) => rig.says({ sensor: 'gone' }),
  standing: (rig) => rig.says({ sensor: 'stuck' }),
  'cannot-keep': (rig) => rig.says({ keeping: false }),
  loses: (rig) => rig.says({}, 3),
  'only-duplicates': (rig) => rig.repeats(6),
};
const events: Record<GateEventName, (rig: Rig) => void> = {
  'says that it is well': (rig) => rig.says({}),
  'says that its sensor is gone': (rig) => rig.says({ sensor: 'gone' }),
  'says that its sensor is stuck': (rig) => rig.says({ sensor: 'stuck' }),
  'says that it cannot write': (rig) => rig.says({ keeping: false }),
  'says that it lost edges': (rig) => rig.says({}, 3),
  'ends, or is lost': (rig) => rig.says({ status: 'lost' }),
  answers: (rig) => rig.answers(),
  'answers no question for 3 s': (rig) => rig.silence(3),
  'sends a crossing': (rig) => {
    rig.answers();
    crossingCame(rig.signs, { bootId, at: rig.now }, rig.now);
  },
  'sends the same crossings for 6 s': (rig) => rig.repeats(6),
  'answers for 20 s': (rig) => {
    rig.seconds += 20;
    rig.answers();
  },
};

describe('a gate, in every state at every event', () => {
  const cells = Object.entries(gateStates).flatMap(([state, row]) =>
    Object.entries(row).map(
      ([event, outcome]) =>
        ({ state, event, outcome }) as { state: GateState; event: GateEventName; outcome: GateState },
    ),
  );

  it.each(cells)('$state, $event: $outcome', ({ state, event, outcome }) => {
    const rig = new Rig();
    states[state](rig);
    expect(rig.state).toBe(state);
    rig.seconds += 1;
    events[event](rig);
    expect(rig.state).toBe(outcome);
  });
});
