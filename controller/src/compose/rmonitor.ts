import type { EpochMs } from '@pitwall/protocol';
import type { Logger } from 'pino';
import { RMonitorServer } from '../show/index.js';
import type { Config } from './config.js';
import type { Started } from './running.js';
import type { Track } from './track.js';

/** The feed for overlays of others, where it is configured: what it tells is public, also beyond this machine. */
export async function openRMonitor(
  { rmonitor }: Config,
  { track, logger }: { readonly track: Track; readonly logger: Logger },
  started: Started,
): Promise<void> {
  if (rmonitor === undefined) return;
  const { desk, clock } = track;
  const server = new RMonitorServer({ desk, clock, epoch: () => Date.now() as EpochMs, ...rmonitor, log: logger });
  const port = await server.start();
  started.add(() => server.stop());
  logger.info({ host: rmonitor.host, port }, 'the RMonitor feed listens');
}
