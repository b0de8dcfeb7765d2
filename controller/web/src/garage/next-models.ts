import type { UploadedModel } from '@pitwall/protocol/api';
import type { RaceState } from '@pitwall/protocol/race';

/** Somebody who is called or queued, with the model that they entered. */
export interface QueuedModel {
  readonly race: string;
  readonly raceName: string;
  readonly racer: string;
  readonly alias: string;
  /** The car that the entry names; null: any. */
  readonly car: string | null;
  readonly model: RaceState['entries'][number]['models'][number] | null;
  /** Of the archive; null: it is not here. */
  readonly bytes: number | null;
}

/** So many of each queue are looked after ahead. */
const ahead = 5;

/** Who drives next in races on the track whose cars Pitwall drives: the one who has the track first, then the queue. */
export function nextModels(states: readonly RaceState[], models: readonly UploadedModel[]): QueuedModel[] {
  const sizes = new Map(models.map(({ hash, bytes }) => [hash as string, bytes]));
  return states
    .filter(({ setup }) => setup.car === 'agent')
    .flatMap((state) => {
      const now = state.runs.find(({ runId }) => runId === state.current)?.racer;
      const racers = [...(now == null ? [] : [now]), ...state.queue.map(({ racer }) => racer)];
      return [...new Set(racers)].slice(0, ahead).flatMap((racer) => {
        const entry = state.entries.find((one) => one.racer === racer);
        if (entry === undefined) return [];
        const wanted = entry.models.length === 0 ? [null] : entry.models;
        return wanted.map((model) => ({
          race: state.race,
          raceName: state.setup.name,
          racer,
          alias: entry.alias,
          car: entry.car,
          model,
          bytes: model === null ? null : (sizes.get(model.hash) ?? null),
        }));
      });
    });
}
