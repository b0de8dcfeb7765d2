import type { ErrorCode } from '@pitwall/protocol';
import type { CarriedModel } from '@pitwall/protocol/messages';
import type { Source } from './stage.js';

/** What the staging process is told: its one task. Both ends are the same build, so nothing is parsed. */
export interface ToStaging {
  readonly folder: string;
  readonly quota: number;
  readonly source: Source;
}

export type FromStaging =
  | { readonly type: 'staged'; readonly model: CarriedModel }
  | { readonly type: 'refused'; readonly code: ErrorCode; readonly message: string };
