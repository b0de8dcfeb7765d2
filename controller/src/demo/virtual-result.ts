import type { EpochMs, Micros, RacerId } from '@pitwall/protocol';
import type { Evaluation, ResultInput } from '@pitwall/protocol/api';
import { v7 as uuid } from 'uuid';

export interface VirtualResult {
  readonly result: ResultInput;
  /** Its best lap; null where none was finished. */
  readonly score: Micros | null;
}

/** An evaluation's chosen checkpoint, as the result that a board takes. */
export function virtualResult(
  evaluation: Evaluation,
  from: { readonly racer: { readonly id: RacerId; readonly alias: string }; readonly source: string },
): VirtualResult {
  const { model, track, rules, simulatorVersion, seed, checkpoints, chosen } = evaluation;
  const laps = checkpoints.find(({ checkpoint }) => checkpoint === chosen)?.laps ?? [];
  const times = laps.flatMap(({ time }) => (time === null ? [] : [time]));
  return {
    score: times.length === 0 ? null : (Math.min(...times) as Micros),
    result: {
      resultId: uuid(),
      racer: from.racer.id,
      alias: from.racer.alias,
      finishedAt: Date.now() as EpochMs,
      track,
      rules,
      model,
      laps: laps.flatMap(({ time, resets, offTracks }, index) =>
        time === null
          ? []
          : [{ lap: index + 1, time, uncertainty: 0, valid: true, resets, offTracks, model: model.hash }],
      ),
      provenance: { kind: 'virtual', source: from.source, simulatorVersion, seed, checkpoint: chosen },
    },
  };
}
