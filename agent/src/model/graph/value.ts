import type { Constant, Shape } from './constant.js';

/**
 * How a value lies in memory. `plain`: as its shape says. `channels-first`: its shape says N,H,W,C but it lies as N,C,H,W.
 * `flat-channels-first`: such an image, flattened to N×(H·W·C) without being turned around first.
 */
export type Layout = 'plain' | 'channels-first' | 'flat-channels-first';

/** A value that depends on the observation; always float32. */
export interface Dynamic {
  readonly kind: 'dynamic';
  readonly ref: string;
  /** As the model's own framework sees it. */
  readonly shape: Shape;
  readonly layout: Layout;
  /** The image that was flattened, N,H,W,C. */
  readonly image?: Shape;
  /** It is `by` times `of`: lets a division by 255 move into weights and a gradient rescaler vanish. */
  readonly scaled?: { readonly of: Dynamic; readonly by: number };
  /** It is these values, stacked on a new axis. */
  readonly stack?: { readonly values: readonly Value[]; readonly axis: number };
}
export type Value = Constant | Dynamic;
