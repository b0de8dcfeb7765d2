import type { Micros } from '@pitwall/protocol';
import type { Pose } from '@pitwall/protocol/messages';
import type { Range } from '@pitwall/protocol/policy';
import type { Fault } from '../../simulator/index.js';

/** How the world's process is told what to be, as JSON in its first argument. */
export interface WorldSettings {
  readonly car: string;
  /** A track's id, or the path of its description. */
  readonly track: string;
  readonly direction?: 'clockwise' | 'counter-clockwise' | undefined;
  /** Appearance of the place: light, colours, textures. */
  readonly seed: number;
  /** Where the car stands at first: metres after the start line. */
  readonly start: number;
  /** Camera frames a second. */
  readonly rate: number;
  /** Unix socket on which true poses are served, JSON lines; '' is none. */
  readonly poses: string;
  /** Unix socket of motor and steering, JSON lines {@link Steered}. */
  readonly wires: string;
  /** What goes wrong on purpose, for tests and rehearsals; absent: nothing. */
  readonly faults?: readonly Fault[];
}

export interface Steered {
  readonly steeringDeg: number;
  readonly speedMps: number;
}

/** To stand at rest where it stood at first; to end. */
export type ToWorld = { readonly type: 'set-on-start' } | { readonly type: 'end' };

export type FromWorld =
  | { readonly type: 'ready' }
  | {
      readonly type: 'frame';
      readonly at: Micros;
      readonly left: Uint8Array;
      readonly right: Uint8Array;
      readonly pose: Pose;
    }
  | { readonly type: 'scan'; readonly at: Micros; readonly ranges: readonly Range[] }
  | { readonly type: 'failed'; readonly code: string; readonly message: string };
