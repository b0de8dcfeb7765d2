import type { Moment, MomentKind } from '../moment.js';

/** One sentence for each kind of moment. */
export type MomentWords = { readonly [K in MomentKind]: (moment: Extract<Moment, { kind: K }>) => string };
