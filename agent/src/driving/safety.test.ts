import { type ErrorCode, isPitwallError, type Micros } from '@pitwall/protocol';
import type { DrivingAction, SafetyState } from '@pitwall/protocol/messages';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Reason, reasons } from './reasons.js';
import {
  hindrances,
  initialSafety,
  isPowered,
  isWatched,
  mayMove,
  type Readiness,
  type Safety,
  type SafetyEvent,
  scaleNow,
  transition,
} from './safety.js';

const ready: Readiness = {
  policy: true,
  answers: true,
  frames: true,
  outputs: true,
  sensors: true,
  calibrated: true,
  localStop: true,
};
const phases: readonly SafetyState[] = ['disarmed', 'armed', 'starting', 'driving', 'stopping', 'stopped', 'faulted'];

function inPhase(phase: SafetyState, over: Partial<Safety> = {}): Safety {
  const reason = phase === 'faulted' ? 'e-stop' : phase === 'stopping' || phase === 'stopped' ? 'stop' : null;
  return { ...initialSafety, phase, reason, ...over };
}

type Action = Exclude<DrivingAction, { type: 'drive' }>;
const command = (action: Action, over: Partial<Readiness> = {}): SafetyEvent => ({
  type: 'command',
  action,
  ready: { ...ready, ...over },
});

/** The phase after an event, or the code with which it is refused. */
function after(safety: Safety, event: SafetyEvent): SafetyState | ErrorCode {
  try {
    return transition(safety, event).phase;
  } catch (error) {
    if (!isPitwallError(error)) throw error;
    return error.code;
  }
}

const no = 'command-refused';
const commands: Record<'arm' | 'start' | 'stop' | 'resume' | 'clear' | 'e-stop', Record<SafetyState, string>> = {
  arm: { disarmed: 'armed', armed: no, starting: no, driving: no, stopping: no, stopped: no, faulted: no },
  start: { disarmed: no, armed: 'driving', starting: no, driving: no, stopping: no, stopped: 'driving', faulted: no },
  stop: {
    disarmed: 'disarmed',
    armed: 'stopped',
    starting: 'stopped',
    driving: 'stopping',
    stopping: 'stopping',
    stopped: 'stopped',
    faulted: 'faulted',
  },
  resume: {
    disarmed: no,
    armed: no,
    starting: no,
    driving: no,
    stopping: 'driving',
    stopped: 'driving',
    faulted: no,
  },
  clear: {
    disarmed: no,
    armed: no,
    starting: no,
    driving: no,
    stopping: no,
    stopped: 'disarmed',
    faulted: 'disarmed',
  },
  'e-stop': {
    disarmed: 'faulted',
    armed: 'faulted',
    starting: 'faulted',
    driving: 'faulted',
    stopping: 'faulted',
    stopped: 'faulted',
    faulted: 'faulted',
  },
};
/** With a warning first. */
const warned: Record<SafetyState, string> = { ...commands.start, armed: 'starting', stopped: 'starting' };
/** The warning is over. */
const over: Record<SafetyState, SafetyState> = {
  disarmed: 'disarmed',
  armed: 'armed',
  starting: 'driving',
  driving: 'driving',
  stopping: 'stopping',
  stopped: 'stopped',
  faulted: 'faulted',
};

const [same, fault, stop, stands] = ['same', 'faulted', 'stopping', 'stopped'];
/** A reason that strikes, phase by phase; `faulted` stays faulted always. */
const strikes: Record<
  Reason,
  readonly [disarmed: string, armed: string, starting: string, driving: string, stopping: string, stopped: string]
> = {
  stop: [same, same, stands, stop, same, same],
  'e-stop': [fault, fault, fault, fault, fault, fault],
  'stale-frame': [same, same, fault, fault, same, same],
  'inference-failed': [same, same, fault, fault, same, same],
  'inference-not-finite': [same, same, fault, fault, same, same],
  'inference-slow': [same, same, fault, fault, same, same],
  'outputs-lost': [same, fault, fault, fault, fault, fault],
  'lidar-lost': [same, same, fault, fault, same, same],
  'battery-low': [same, fault, fault, fault, fault, fault],
  'temperature-high': [same, fault, fault, fault, fault, fault],
  crash: [same, same, fault, fault, same, same],
  'picked-up': [same, same, stands, stop, same, same],
  'rolled-over': [same, same, fault, fault, same, same],
  'link-lost': [same, same, stands, stop, same, same],
  'red-flag': [same, same, stands, stop, same, same],
  'dead-man': [same, same, stands, stop, same, same],
};

describe('the safety state machine', () => {
  describe.each(Object.entries(commands))('the command %s', (type, table) => {
    it.each(phases)('in %s', (phase) => {
      const refusal = (next: string) => next === no;
      const result = after(inPhase(phase), command({ type } as Action));
      expect(result, refusal(table[phase]) ? 'refused' : 'taken').toBe(table[phase]);
    });
  });

  it.each(phases)('in %s, told to start with a warning, and at the end of one', (phase) => {
    expect(after(inPhase(phase), command({ type: 'start', warn: 1_000_000 as Micros }))).toBe(warned[phase]);
    expect(after(inPhase(phase), command({ type: 'start', warn: 0 as Micros }))).toBe(commands.start[phase]);
    expect(after(inPhase(phase), { type: 'warned' })).toBe(over[phase]);
  });

  it('warns with no less than it starts with: what holds the car back holds back the warning', () => {
    const start = command({ type: 'start', warn: 1_000_000 as Micros }, { frames: false });
    expect(after(inPhase('armed'), start)).toBe('arming-refused');
    const active = inPhase('armed', { active: ['red-flag'] });
    expect(after(active, command({ type: 'start', warn: 1_000_000 as Micros }))).toBe('fault-active');
  });

  describe.each(Object.keys(reasons) as Reason[])('the reason %s', (reason) => {
    const rows = phases.slice(0, 6).map((phase, i) => [phase, strikes[reason][i]!] as const);
    it.each(rows)('in %s: %s', (phase, expected) => {
      for (const type of ['raised', 'happened'] as const) {
        const next = transition(inPhase(phase), { type, reason });
        expect(next.phase).toBe(expected === same ? phase : expected);
        if (expected !== same) expect(next.reason).toBe(reason);
      }
    });

    it('latches: no event but a command makes the car move again', () => {
      let safety = transition(inPhase('driving'), { type: 'raised', reason });
      safety = transition(safety, { type: 'passed', reason });
      safety = transition(safety, { type: 'at-rest' });
      expect(safety.phase).toBe(reasons[reason].clears === 'staff' ? 'faulted' : 'stopped');
      expect(safety.reason).toBe(reason);
    });

    it(`is over after ${reasons[reason].clears === 'staff' ? 'clear, arm and start' : 'one command'}`, () => {
      const struck = transition(inPhase('driving'), { type: 'happened', reason });
      if (reasons[reason].clears === 'resume') {
        expect(after(struck, command({ type: 'resume' }))).toBe('driving');
        return;
      }
      expect(after(struck, command({ type: 'resume' }))).toBe(no);
      expect(after(struck, command({ type: 'start' }))).toBe(no);
      const cleared = transition(struck, command({ type: 'clear' }));
      const armed = transition(cleared, command({ type: 'arm' }));
      expect(after(armed, command({ type: 'start' }))).toBe('driving');
    });

    it('holds the car back while it is there', () => {
      const there = transition(inPhase('disarmed'), { type: 'raised', reason });
      const struck = transition(inPhase('driving'), { type: 'raised', reason });
      expect(after(there, command({ type: there.phase === 'faulted' ? 'clear' : 'arm' }))).toBe('fault-active');
      expect(after(struck, command({ type: struck.phase === 'faulted' ? 'clear' : 'resume' }))).toBe('fault-active');
      const gone = transition(struck, { type: 'passed', reason });
      expect(after(gone, command({ type: gone.phase === 'faulted' ? 'clear' : 'resume' }))).not.toBe('fault-active');
    });
  });

  it.each([
    ['policy', /no model/],
    ['answers', /does not answer/],
    ['frames', /no fresh frames/],
    ['outputs', /do not answer/],
    ['calibrated', /not calibrated/],
    ['sensors', /lidar/],
    ['localStop', /emergency stop/],
  ] as const)('arming and starting want %s, and say what is missing', (part, message) => {
    for (const [phase, type] of [
      ['disarmed', 'arm'],
      ['armed', 'start'],
      ['stopped', 'start'],
      ['stopped', 'resume'],
    ] as const) {
      expect(() => transition(inPhase(phase), command({ type }, { [part]: false }))).toThrow(message);
    }
  });

  it('arms for driving by hand without a model and without frames, but not without outputs', () => {
    const armed = transition(initialSafety, command({ type: 'arm', manual: true }, { policy: false, frames: false }));
    expect(armed).toMatchObject({ phase: 'armed', manual: true });
    expect(after(armed, command({ type: 'start' }, { policy: false, frames: false }))).toBe('driving');
    expect(after(initialSafety, command({ type: 'arm', manual: true }, { outputs: false }))).toBe('arming-refused');
  });

  it('keeps the first fault, whatever follows it', () => {
    const faulted = transition(inPhase('driving'), { type: 'happened', reason: 'crash' });
    expect(transition(faulted, { type: 'raised', reason: 'battery-low' }).reason).toBe('crash');
    expect(transition(faulted, command({ type: 'e-stop' })).reason).toBe('crash');
  });

  it('a red flag stops, and holds until it is green; a yellow one lowers the scale', () => {
    const red = transition(inPhase('driving'), command({ type: 'flag', flag: 'red' }));
    expect(red).toMatchObject({ phase: 'stopping', reason: 'red-flag' });
    expect(after(red, command({ type: 'resume' }))).toBe('fault-active');
    const green = transition(red, command({ type: 'flag', flag: 'green' }));
    expect(green.phase).toBe('stopping');
    expect(after(green, command({ type: 'resume' }))).toBe('driving');
    const yellow = transition(inPhase('driving', { scale: 80 }), command({ type: 'flag', flag: 'yellow' }));
    expect(yellow.phase).toBe('driving');
    expect(scaleNow(yellow, 50)).toBe(50);
    expect(scaleNow({ ...yellow, scale: 30 }, 50)).toBe(30);
    expect(scaleNow(transition(yellow, command({ type: 'flag', flag: 'green' })), 50)).toBe(80);
  });

  it('changes the throttle scale in every phase, and nothing else with it', () => {
    for (const phase of phases) {
      const before = inPhase(phase);
      expect(transition(before, command({ type: 'throttle-scale', percent: 40 }))).toEqual({ ...before, scale: 40 });
    }
  });

  it('changes the speed of a run in every phase, and nothing else with it', () => {
    for (const phase of phases) {
      const before = inPhase(phase);
      expect(transition(before, command({ type: 'run-speed', percent: 40 }))).toEqual({ ...before, runSpeed: 40 });
    }
  });

  it.each([
    [100, 100, 'green', 100],
    [100, 40, 'green', 40],
    [60, 50, 'green', 30],
    [60, 100, 'green', 60],
    [0, 100, 'green', 0],
    [80, 50, 'yellow', 40],
    [80, 100, 'yellow', 50],
  ] as const)('at a scale of %i, in a run at %i, with the flag %s has %i left', (scale, runSpeed, flag, left) => {
    expect(scaleNow(inPhase('driving', { scale, runSpeed, flag }), 50)).toBe(left);
  });

  it('never moves but by start or resume of a ready car, or at the end of the warning of such a start, and has no power while disarmed or faulted', () => {
    const reason = fc.constantFrom(...(Object.keys(reasons) as Reason[]));
    const action = fc.constantFrom<Action>(
      { type: 'arm' },
      { type: 'start' },
      { type: 'start', warn: 1_000_000 as Micros },
      { type: 'stop' },
      { type: 'e-stop' },
      { type: 'clear' },
      { type: 'resume' },
      { type: 'flag', flag: 'red' },
      { type: 'flag', flag: 'green' },
    );
    const event: fc.Arbitrary<SafetyEvent> = fc.oneof(
      fc.record({ type: fc.constantFrom('raised' as const, 'happened' as const, 'passed' as const), reason }),
      fc.record({
        type: fc.constant('command' as const),
        action,
        ready: fc.record({
          policy: fc.boolean(),
          answers: fc.boolean(),
          frames: fc.boolean(),
          outputs: fc.boolean(),
          calibrated: fc.boolean(),
          sensors: fc.boolean(),
          localStop: fc.boolean(),
        }),
      }),
      fc.constantFrom<SafetyEvent>({ type: 'at-rest' }, { type: 'warned' }),
    );
    fc.assert(
      fc.property(fc.array(event, { maxLength: 40 }), (events) => {
        let safety = initialSafety;
        for (const one of events) {
          const before = safety;
          try {
            safety = transition(safety, one);
          } catch (error) {
            expect(isPitwallError(error)).toBe(true);
          }
          if (one.type === 'warned') expect(mayMove(safety)).toBe(isWatched(before));
          if (!isWatched(before) && isWatched(safety)) {
            expect(one.type === 'command' && (one.action.type === 'start' || one.action.type === 'resume')).toBe(true);
            expect(one.type === 'command' && Object.values(one.ready).every(Boolean)).toBe(true);
            expect(safety.active).toEqual([]);
          }
          expect(isPowered(safety)).toBe(safety.phase !== 'disarmed' && safety.phase !== 'faulted');
          expect(safety.reason === null).toBe(['disarmed', 'armed', 'starting', 'driving'].includes(safety.phase));
        }
      }),
      { numRuns: 500 },
    );
  });

  it('says what stands between a car and driving off exactly where arming and starting it would be refused', () => {
    const lacking = [undefined, 'policy', 'frames', 'outputs', 'sensors', 'calibrated', 'localStop'] as const;
    for (const phase of phases)
      for (const manual of [false, true])
        for (const lacks of lacking)
          for (const active of [[], ['link-lost'], ['temperature-high']] as const) {
            const safety = inPhase(phase, { manual: manual && phase !== 'disarmed', active: [...active] });
            const now = { ...ready, ...(lacks === undefined ? {} : { [lacks]: false }) };
            const goes = () => {
              const rested = transition(safety, { type: 'at-rest' });
              const armed = phase === 'disarmed' ? transition(rested, command({ type: 'arm' }, now)) : rested;
              return transition(armed, command({ type: 'start' }, now));
            };
            let byItself: boolean;
            try {
              const { phase: then, manual: byHand } = goes();
              byItself = then === 'driving' && !byHand;
            } catch {
              byItself = false;
            }
            const why = hindrances(safety, now);
            expect(why.length === 0, `${phase} ${manual} ${lacks} ${active}: ${why.join('; ')}`).toBe(byItself);
          }
    expect(hindrances(inPhase('faulted'), { ...ready, frames: false })).toEqual([
      'emergency stop (clear it)',
      'the camera sends no fresh frames (check it)',
    ]);
  });
});
