import { randomUUID } from 'node:crypto';
import type { ResultInput } from '@pitwall/protocol/api';

export const someHash = 'a'.repeat(64);

/** Driven on a track, as the source “hall” says. */
export const physical: Extract<ResultInput['provenance'], { kind: 'physical' }> = {
  kind: 'physical',
  source: 'hall',
  race: 'r1',
  gates: [{ gate: 'start', uncertainty: 50 }],
  car: null,
};

/** Driven in a simulator, as the source “hall” says. */
export const virtual = {
  kind: 'virtual',
  source: 'hall',
  simulatorVersion: '1',
  seed: 1,
  checkpoint: 'model',
} as const;

/** A valid result of one lap. */
export const resultOf = (racer: string, ms: number, over: Partial<ResultInput> = {}): ResultInput =>
  ({
    resultId: randomUUID(),
    racer,
    alias: racer,
    finishedAt: 1,
    track: { id: 'reinvent', version: 1, direction: 'counter-clockwise' },
    rules: { hash: someHash, name: 'Rules' },
    model: { hash: someHash, name: 'model' },
    laps: [{ lap: 1, time: ms * 1000, uncertainty: 50, valid: true, resets: 0, offTracks: 0, model: someHash }],
    provenance: physical,
    ...over,
  }) as ResultInput;
