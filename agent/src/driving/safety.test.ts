import { type ErrorCode, isPitwallError, type Micros, PitwallError } from '@pitwall/protocol';
import type { DrivingAction, SafetyState } from '@pitwall/protocol/messages';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type SafetyEventName, safetyPhases } from '../../testing/state-tables.js';
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

/** How each comes about, for a car that is otherwise as it is. */
const lacking = (type: 'arm' | 'start' | 'resume') => (safety: Safety) =>
  transition(safety, command({ type }, { outputs: false }));
const held = (type: 'arm' | 'start' | 'resume' | 'clear') => (safety: Safety) =>
  transition({ ...safety, active: ['temperature-high'] }, command({ type }));
const told = (action: Action) => (safety: Safety) => transition(safety, command(action));
const struckBy = (reason: Reason) => (safety: Safety) => {
  const next = transition(safety, { type: 'raised', reason });
  expect(transition(safety, { type: 'happened', reason })).toEqual({ ...next, active: safety.active });
  if (next.phase !== safety.phase) expect(next.reason).toBe(reason);
  return next;
};
const events: Record<SafetyEventName, (safety: Safety) => Safety> = {
  arm: told({ type: 'arm' }),
  start: told({ type: 'start' }),
  'start, with a warning': told({ type: 'start', warn: 1_000_000 as Micros }),
  stop: told({ type: 'stop' }),
  'e-stop': told({ type: 'e-stop' }),
  clear: told({ type: 'clear' }),
  resume: told({ type: 'resume' }),
  'throttle-scale': told({ type: 'throttle-scale', percent: 40 }),
  'run-speed': told({ type: 'run-speed', percent: 40 }),
  'flag green': told({ type: 'flag', flag: 'green' }),
  'flag yellow': told({ type: 'flag', flag: 'yellow' }),
  'flag red': told({ type: 'flag', flag: 'red' }),
  'arm, not ready': lacking('arm'),
  'start, not ready': lacking('start'),
  'resume, not ready': lacking('resume'),
  'arm, a reason holds': held('arm'),
  'start, a reason holds': held('start'),
  'resume, a reason holds': held('resume'),
  'clear, a reason holds': held('clear'),
  'the warning is over': (safety) => transition(safety, { type: 'warned' }),
  'at rest': (safety) => transition(safety, { type: 'at-rest' }),
  'a reason has passed': (safety) => transition(safety, { type: 'passed', reason: 'temperature-high' }),
  'stale-frame': struckBy('stale-frame'),
  'inference-failed': struckBy('inference-failed'),
  'inference-not-finite': struckBy('inference-not-finite'),
  'inference-slow': struckBy('inference-slow'),
  'outputs-lost': struckBy('outputs-lost'),
  'lidar-lost': struckBy('lidar-lost'),
  'battery-low': struckBy('battery-low'),
  'temperature-high': struckBy('temperature-high'),
  crash: struckBy('crash'),
  'picked-up': struckBy('picked-up'),
  'rolled-over': struckBy('rolled-over'),
  'link-lost': struckBy('link-lost'),
  'red-flag': struckBy('red-flag'),
  'dead-man': struckBy('dead-man'),
};
const cells = phases.flatMap((phase) =>
  (Object.entries(safetyPhases[phase]) as [SafetyEventName, SafetyState | 'refused'][]).map(
    ([event, outcome]) => [phase, event, outcome] as const,
  ),
);

describe('the safety state machine', () => {
  it.each(cells)('in %s, %s: %s', (phase, event, outcome) => {
    const before = inPhase(phase);
    if (outcome === 'refused') expect(() => events[event](before)).toThrow(PitwallError);
    else expect(events[event](before).phase).toBe(outcome);
  });

  it.each(['stop', 'e-stop'] as const)('is struck by the reason %s as by the command', (reason) => {
    for (const phase of phases) {
      const next = struckBy(reason)(inPhase(phase));
      // The command stops an armed car too, which nothing else does that only a driving one heeds.
      if (reason === 'stop' && phase === 'armed') expect(next.phase).toBe('armed');
      else expect(next.phase).toBe(safetyPhases[phase][reason]);
    }
  });

  it('warns with no less than it starts with: what holds the car back holds back the warning', () => {
    const start = command({ type: 'start', warn: 1_000_000 as Micros }, { frames: false });
    expect(after(inPhase('armed'), start)).toBe('arming-refused');
    const active = inPhase('armed', { active: ['red-flag'] });
    expect(after(active, command({ type: 'start', warn: 1_000_000 as Micros }))).toBe('fault-active');
  });

  describe.each(Object.keys(reasons) as Reason[])('the reason %s', (reason) => {
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
