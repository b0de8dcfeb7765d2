import { type LapMessage, type RaceStateMessage, topics } from '@pitwall/protocol/messages';
import type { Lap, LogRecord, RunState } from '@pitwall/protocol/race';
import type { MqttLink } from '@pitwall/runtime/mqtt-link';
import type { RacePublisher } from '../ports.js';

/** Announces runs and laps on `pitwall/v1/races/{race}/{state,lap}`. */
export class MqttPublisher implements RacePublisher {
  readonly #link: Pick<MqttLink, 'publish'>;

  constructor(link: Pick<MqttLink, 'publish'>) {
    this.#link = link;
  }

  publish({ race, seq }: LogRecord, before: RunState | undefined, after: RunState | undefined): void {
    if (before?.runId !== after?.runId || before?.phase !== after?.phase || before?.car !== after?.car) {
      const run =
        after === undefined ? null : { runId: after.runId, racer: after.racer, car: after.car, phase: after.phase };
      const message: RaceStateMessage = { race, seq, run };
      this.#link.publish(topics.race(race, 'state'), message, { retain: true });
    }
    if (after === undefined) return;
    const known = before?.runId === after.runId ? before.laps : [];
    for (const [index, lap] of after.laps.entries()) {
      if (lap.time === null || isSame(known[index], lap)) continue;
      const { time, uncertainty, valid, car, model } = lap;
      const message: LapMessage = {
        race,
        seq,
        runId: after.runId,
        racer: after.racer,
        lap: lap.lap,
        time,
        uncertainty,
        valid,
        car,
        model,
      };
      this.#link.publish(topics.race(race, 'lap'), message);
    }
  }
}

const isSame = (a: Lap | undefined, b: Lap): boolean =>
  a?.time === b.time &&
  a.valid === b.valid &&
  a.uncertainty === b.uncertainty &&
  a.car === b.car &&
  a.model === b.model;
