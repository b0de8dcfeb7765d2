import { type Logger, pino } from 'pino';
import { leaderboardServiceRoutes, trackRoutes } from '../http/index.js';
import { Imports } from '../imports/index.js';
import { openBoards } from './boards.js';
import { type Config, demandClosed } from './config.js';
import { sayFirstLink } from './first-administrator.js';
import { type Running, type Say, startOrStop } from './running.js';
import { mentionOpen, publicUrl, startWebServer } from './web-server.js';

/** The leaderboard service alone: no broker, no races of its own. */
export async function startLeaderboard(
  config: Config,
  say: Say,
  logger: Logger = pino({ level: config.log }, pino.destination(2)),
): Promise<Running> {
  const { open } = demandClosed(config);
  return await startOrStop(async (started) => {
    const { accounts, people, leaderboards, tracks, mayShow } = await openBoards(config, started);
    const imports = new Imports({ leaderboards, source: config.name });
    const routes = [
      ...leaderboardServiceRoutes({ accounts, people }, leaderboards, imports, { mayShow }),
      trackRoutes(tracks),
    ];
    const port = await startWebServer(config, { accounts, people, routes, role: 'leaderboard', logger }, started);
    const url = publicUrl(config, port);
    if (open) started.add(mentionOpen(say));
    await sayFirstLink(config, port, people, say);
    say({ type: 'ready', text: `Pitwall is at ${url}`, url, pid: process.pid });
    return { url, mqtt: undefined, stop: started.stop };
  });
}
