import type { ErrorCode, Sha256 } from '@pitwall/protocol';
import type { Archive, CheckpointChoice } from '../archive/index.js';
import type { LayerSummary, TensorInfo } from '../graph/index.js';

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
  readonly archive: Omit<Archive, 'texts' | 'loaded'> & { readonly texts: readonly (readonly [string, string])[] };
  readonly inputs: readonly TensorInfo[];
  readonly outputs: readonly TensorInfo[];
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
