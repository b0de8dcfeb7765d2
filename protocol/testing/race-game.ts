import fc from 'fast-check';
import type { BootId, Micros } from '../src/brand.js';
import type { PitwallError } from '../src/errors.js';
import type { RaceCommand } from '../src/race/commands.js';
import type { RaceRulesInput } from '../src/race/rules.js';
import { anna, ben, car, otherCar, otherModel, runId, seconds, simulated, TestRace } from './test-race.js';

/** One thing that happens at the track. */
export type Step =
  | { readonly do: 'cross' }
  | { readonly do: 'hold' }
  | { readonly do: 'release' }
  | { readonly do: 'reboot' }
  | { readonly do: 'pass'; readonly seconds: number }
  | { readonly do: 'command'; readonly pick: number; readonly target: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 6, arbitrary: fc.constant<Step>({ do: 'cross' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'hold' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'release' }) },
  { weight: 1, arbitrary: fc.constant<Step>({ do: 'reboot' }) },
  {
    weight: 6,
    arbitrary: fc.record({
      do: fc.constant('pass' as const),
      seconds: fc.double({ min: 0.001, max: 20, noNaN: true }),
    }),
  },
  {
    weight: 10,
    arbitrary: fc.record({ do: fc.constant('command' as const), pick: fc.nat(1000), target: fc.nat(1000) }),
  },
);

const rules: fc.Arbitrary<Partial<RaceRulesInput>> = fc.record({
  start: fc.constantFrom('key', 'rolling', 'countdown'),
  firstLap: fc.constantFrom('signal', 'crossing'),
  graceLap: fc.boolean(),
  lapLimit: fc.constantFrom(null, 3),
  holdoff: fc.constantFrom(0 as Micros, seconds(1)),
  resets: fc.record({ perLap: fc.constantFrom(null, 1), where: fc.constantFrom('in-place', 'start-line') }),
  technicalStop: fc.record({ freezesClock: fc.boolean() }),
});

/** Laps in doubt stand in the way of a confirmation. */
export const refusals = ['race-refused', 'doubts-open'];

/** A command that may or may not be allowed now. */
export function commandOf(race: TestRace, pick: number, target: number, next: number): RaceCommand {
  const current = race.replay.current?.runId ?? runId(Math.max(1, next - 1));
  const seq = (target % race.replay.seq) + 1;
  const crossings = race.replay.records.filter(({ event }) => event.type === 'crossing').map((record) => record.seq);
  const crossing = crossings[target % Math.max(1, crossings.length)] ?? 1;
  const because = { reason: 'because' };
  const commands: RaceCommand[] = [
    { type: 'call', runId: runId(next), racer: target % 2 === 0 ? anna : ben },
    { type: 'stage', runId: current, car, model: 'a'.repeat(64) as never },
    { type: 'ready', runId: current },
    { type: 'start', runId: current },
    { type: 'call', runId: runId(next), racer: target % 2 === 0 ? anna : ben },
    { type: 'stage', runId: current, car, model: 'a'.repeat(64) as never },
    { type: 'ready', runId: current },
    { type: 'start', runId: current },
    { type: 'pause', runId: current },
    { type: 'resume', runId: current },
    { type: 'resume', runId: current },
    { type: 'red-flag', runId: current },
    { type: 'incident', runId: current, kind: (['reset', 'off-track', 'collision'] as const)[target % 3]! },
    { type: 'did-not-finish', runId: current },
    { type: 'technical-stop', runId: current, car: otherCar, model: otherModel, ...because },
    { type: 'add-time', runId: current, time: seconds(5), ...because },
    { type: 'finish', runId: current },
    { type: 'confirm', runId: current },
    { type: 'confirm', runId: current },
    { type: 'discard', runId: current, ...because },
    { type: 'reopen', runId: current, ...because },
    { type: 'grant-rerun', runId: current, ...because },
    { type: 'practice', runId: runId(next) },
    { type: 'undo', target: seq },
    { type: 'undo', target: race.replay.seq },
    { type: 'ignore-crossing', crossing, ...because },
    {
      type: 'add-crossing',
      runId: current,
      at: { bootId: race.bootId, at: (race.now - (target % 30) * 100_000) as Micros },
      uncertainty: seconds(0.1),
      ...because,
    },
    { type: 'edit-lap', runId: current, crossing, valid: target % 2 === 0, ...because },
    { type: 'queue', racer: anna },
    { type: 'skip', racer: anna },
    { type: 'queue', racer: ben },
    { type: 'move', racer: target % 2 === 0 ? anna : ben, place: (target % 3) + 1 },
    { type: 'speed', runId: current, percent: target % 101 },
    { type: 'relaunch', runId: current, next: runId(next), ...because },
  ];
  return commands[pick % commands.length]!;
}

/** Plays the steps; `each` sees the race after every one. */
export function play(race: TestRace, steps: readonly Step[], each: (race: TestRace) => void = () => undefined): void {
  const held: ReturnType<TestRace['crossing']>[] = [];
  let holding = false;
  let next = 1;
  let boots = 1;
  for (const happening of steps) {
    switch (happening.do) {
      case 'cross':
        if (holding) held.push(race.crossing());
        else race.cross();
        break;
      case 'hold':
        holding = true;
        break;
      case 'release':
        holding = false;
        // The gate sends what it kept, newest first.
        for (const crossing of held.splice(0).reverse()) race.write(crossing);
        break;
      case 'reboot': {
        const from = race.bootId;
        boots += 1;
        race.bootId = `boot-${boots}` as BootId;
        // The gate's clock goes on; the controller's begins anew.
        race.gateOffset = (race.gateOffset + race.now + seconds(2)) as Micros;
        race.now = 0 as Micros;
        race.write({ type: 'clock-restarted', from });
        held.splice(0);
        break;
      }
      case 'pass':
        race.pass(happening.seconds);
        break;
      case 'command':
        try {
          const command = commandOf(race, happening.pick, happening.target, next);
          race.give(command);
          if (('runId' in command && command.runId === runId(next)) || command.type === 'relaunch') next += 1;
        } catch (error) {
          if (!refusals.includes((error as PitwallError).code)) throw error;
        }
        break;
    }
    each(race);
  }
}

/** Rules, and what happens under them. */
export const game = fc.tuple(rules, fc.array(step, { minLength: 10, maxLength: 80 }));

/** A run that is under way, so that most steps mean something. */
export function underWay(over: Partial<RaceRulesInput>): TestRace {
  const race = TestRace.open(over, over.start === 'countdown' ? simulated : {});
  race.start(runId(1000));
  return race;
}
