import type { Edit } from './edit.js';
import type { Rights } from './files.js';

/** One thing that an installation changes on a computer. `why` is its line in the table. */
export type Change = { readonly path: string; readonly why: string } & (
  | ({ readonly kind: 'folder'; readonly leftover: Leftover } & Rights)
  /** `keep`: written where there is none; what the crew made of it stays when the program is updated. */
  | ({ readonly kind: 'file'; readonly text: string; readonly keep?: true } & Rights)
  | { readonly kind: 'link'; readonly target: string }
  | { readonly kind: 'edit'; readonly edit: Edit }
  /** The program's own folder, copied from a stick. */
  | { readonly kind: 'tree'; readonly from: string }
);

/**
 * What happens to things that appeared in a folder of ours since: `ours` are removed with it, `empty-folders` are (where sticks
 * appeared), and otherwise the folder stays with what somebody put there.
 */
export type Leftover = 'ours' | 'empty-folders' | 'theirs';

export const root: Pick<Rights, 'uid' | 'gid'> = { uid: 0, gid: 0 };
