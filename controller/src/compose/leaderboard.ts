import { type Logger, pino } from 'pino';
import { leaderboardServiceRoutes, trackRoutes } from '../http/index.js';
import { Imports } from '../imports/index.js';
import { announce } from './announce.js';
import { openBoards } from './boards.js';
import { type Config, demandClosed, doorsOf } from './config.js';
import { sayFirstLink } from './first-administrator.js';
import { openNetwork, sayTrust } from './network.js';
import { openPersonalData } from './personal-data.js';
import { type Running, type Say, startOrStop } from './running.js';
import { addressUrl, mentionOpen, publicUrl, startWebServer } from './web-server.js';

/** The leaderboard service alone: no broker, no races of its own. */
export async function startLeaderboard(
  config: Config,
  say: Say,
  logger: Logger = pino({ level: config.log }, pino.destination(2)),
): Promise<Running> {
  demandClosed(config);
  return await startOrStop(async (started) => {
    const network = await openNetwork(config, logger, started);
    const boards = await openBoards(config, started, network);
    const { accounts, people, providers, leaderboards, tracks, mayShow } = boards;
    const personalData = openPersonalData(config, boards);
    await personalData.start();
    const imports = new Imports({ leaderboards, source: config.name });
    const routes = [
      ...leaderboardServiceRoutes({ accounts, people, providers }, leaderboards, imports, { mayShow, personalData }),
      trackRoutes(tracks),
    ];
    const port = await startWebServer(
      config,
      { accounts, people, routes, role: 'leaderboard', network, logger },
      started,
    );
    const url = publicUrl(config, network, port);
    const { open, beyond } = doorsOf(config);
    if (open) started.add(mentionOpen(say));
    sayTrust(network, `${url}/trust`, say);
    await sayFirstLink(url, addressUrl(config, network, port), people, say);
    if (beyond && config.mdns) {
      const services = [{ type: network.certificate === undefined ? 'http' : 'https', port }] as const;
      await announce(services, { network, name: config.name, say, logger }, started);
    }
    say({ type: 'ready', text: `Pitwall is at ${url}`, url, pid: process.pid });
    return { url, mqtt: undefined, stop: started.stop };
  });
}
