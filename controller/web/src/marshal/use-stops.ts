import type { CarId } from '@pitwall/protocol';
import type { CarState } from '@pitwall/protocol/messages';
import type { LogRecord } from '@pitwall/protocol/race';
import { useEffect, useState } from 'react';
import { useNow } from '../shell/index.js';
import { type Press, stopped } from './stops.js';

interface Watched {
  readonly car: CarId | null;
  readonly state: CarState | null;
}

/** The stops that were pressed on this page, and why some cannot be relied on. */
export function useStops(records: readonly LogRecord[], watched: Watched) {
  const [presses, setPresses] = useState<readonly Press[]>([]);
  const now = useNow(250, presses.length > 0);
  const outcomes = presses.map((press) =>
    stopped(press, records, press.car === watched.car ? watched.state : undefined, now),
  );
  const isOver = outcomes.some(({ is }) => is === 'proven');
  useEffect(() => {
    // What is proven once stays so, whatever the car does afterwards.
    if (isOver) setPresses((before) => before.filter((_press, index) => outcomes[index]?.is !== 'proven'));
  });
  return {
    doubtful: outcomes.flatMap((outcome, index) =>
      outcome.is === 'doubtful' ? [{ car: (presses[index] as Press).car, why: outcome.why }] : [],
    ),
    pressed: (car: CarId) => {
      const state = car === watched.car ? watched.state : null;
      const press = { car, at: performance.now(), seq: records.at(-1)?.seq ?? 0, state, refusal: null };
      setPresses((before) => [...before.filter((one) => one.car !== car), press]);
    },
    refused: (car: CarId, refusal: string) =>
      setPresses((before) => before.map((press) => (press.car === car ? { ...press, refusal } : press))),
    dismiss: () => setPresses([]),
  };
}
