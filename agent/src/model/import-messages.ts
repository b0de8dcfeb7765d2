import type { ErrorCode, Sha256 } from '@pitwall/protocol';
import type { Archive } from './archive.js';
import type { CheckpointChoice } from './checkpoints.js';
import type { LayerSummary, Port } from './network.js';

/** What the importing process is told to do. */
export interface ImportOrder {
  readonly path: string;
  readonly choice: CheckpointChoice | undefined;
  /** Where the network is written to as ONNX. */
  readonly file: string;
}

/** What the importing process does in turn. */
export type ImportStage = 'reading' | 'importing' | 'trying';

/** What it has found out, in words that JSON knows. */
export interface ImportResult {
  readonly archive: Omit<Archive, 'texts' | 'kept'> & { readonly texts: readonly (readonly [string, string])[] };
  readonly inputs: readonly Port[];
  readonly outputs: readonly Port[];
  readonly layers: readonly LayerSummary[];
  /** sha256 of the file. */
  readonly onnx: Sha256;
}

export type FromImport =
  | { readonly type: 'stage'; readonly stage: ImportStage }
  | { readonly type: 'done'; readonly result: ImportResult }
  | {
      readonly type: 'failed';
      readonly code: ErrorCode;
      readonly message: string;
      readonly details?: Readonly<Record<string, unknown>>;
    };
