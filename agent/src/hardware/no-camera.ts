import type { Camera } from './camera.js';

/** A car without a camera: it can be driven by hand, and by no policy, since no frame is ever fresh. */
export class NoCamera implements Camera {
  readonly rate = 30;
  readonly health = { state: 'gone', message: 'The profile names no camera.', losses: 0 } as const;
  async start(): Promise<void> {}
  async stop(): Promise<void> {}
}
