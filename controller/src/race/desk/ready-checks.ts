import type { CarId, EpochMs, Sha256 } from '@pitwall/protocol';
import {
  gatesOf,
  hasGate,
  type RaceReplay,
  type RaceState,
  type ReadyCheck,
  type RunState,
} from '@pitwall/protocol/race';
import { dayOf } from '../cars/day.js';
import type { CarCheck, Cars, Gates } from '../ports.js';

export interface ReadyCheckInputs {
  readonly cars: Cars;
  readonly gates: Gates;
  /** What the car said to whether it could be armed now; undefined where it was not asked: it is not online. */
  readonly armable: CarCheck | undefined;
  /** Open races beside this one. */
  readonly others: readonly RaceReplay[];
  /** Whether the e-stop of a car was tested on that day. */
  readonly tested: (car: CarId, day: string) => boolean;
}

/** What stands between a staged run and ready. Of cars that Pitwall does not drive, only the track is asked for. */
export function checksOf(state: RaceState, run: RunState, epoch: EpochMs, world: ReadyCheckInputs): ReadyCheck[] {
  const { setup } = state;
  // Without a split a lap has no sectors; without these it has no time.
  const checks = [...setup.gates, ...(setup.finish ?? [])].map((gate) => ({
    check: 'gate-healthy' as const,
    ...world.gates.health(gate),
  }));
  const busy = world.others.find(
    (other) => other.current !== undefined && gatesOf(other.setup).some((gate) => hasGate(setup, gate)),
  );
  const free: ReadyCheck = {
    check: 'gate-free',
    ok: busy === undefined,
    detail: busy === undefined ? 'no other race uses the gate' : `race ${busy.state.race} has a run on the same gate`,
  };
  if (state.setup.car === 'any' || run.kind === 'practice') return [...checks, free];
  return [...carChecks(state, run, epoch, world), ...checks, free];
}

function carChecks(
  state: RaceState,
  run: RunState,
  epoch: EpochMs,
  { cars, tested, armable }: ReadyCheckInputs,
): ReadyCheck[] {
  const { car } = run;
  if (car === null) return [{ check: 'car-online', ok: false, detail: 'no car is staged' }];
  const about = cars.about(car);
  const online = about?.online === true;
  const entry = state.entries.find(({ racer }) => racer === run.racer);
  const loaded: Sha256 | undefined = about?.model?.hash;
  const isSimulated = state.setup.car === 'simulated';
  // The simulated car takes every racer's model in turn, so that it may still have the last one's.
  const entered = isSimulated
    ? loaded !== undefined && loaded === run.model
    : loaded !== undefined && entry?.models.some(({ hash }) => hash === loaded) === true;
  const wasTested = tested(car, dayOf(epoch));
  const rival = about?.rival ?? null;
  const checks: ReadyCheck[] = [
    rival === null
      ? { check: 'car-online', ok: online, detail: online ? `car ${car} is online` : `car ${car} is not online` }
      : { check: 'car-online', ok: false, detail: `two computers say that they are car ${car}` },
    {
      check: 'model-entered',
      ok: entered,
      detail:
        loaded === undefined
          ? `car ${car} has no model loaded`
          : `model ${loaded.slice(0, 12)} on car ${car} is ${entered ? 'entered' : isSimulated ? 'not the one that is staged' : 'none of those entered'}`,
    },
  ];
  if (armable !== undefined) checks.push(...armableChecks(car, armable));
  // A simulated car hurts nobody.
  if (!isSimulated)
    checks.push({
      check: 'e-stop-tested',
      ok: wasTested,
      detail: `the e-stop of car ${car} was ${wasTested ? '' : 'not '}tested today`,
    });
  return checks;
}

function armableChecks(car: CarId, { armable, message }: CarCheck): ReadyCheck[] {
  if (armable === undefined) {
    const detail = `car ${car} does not say whether it could be armed now${message === null ? '' : `: ${message}`}`;
    return [{ check: 'car-armable', ok: false, detail: detail.slice(0, 300) }];
  }
  const { ok, missing, warnings } = armable;
  const detail = ok ? `car ${car} could be armed now` : `car ${car} cannot be armed now: ${missing.join('; ')}`;
  return [
    { check: 'car-armable', ok, detail: detail.slice(0, 300) },
    ...warnings.map((warning): ReadyCheck => {
      const about = `car ${car}: ${warning}`;
      return { check: 'car-armable', ok: false, level: 'warning', detail: about.slice(0, 300) };
    }),
  ];
}
