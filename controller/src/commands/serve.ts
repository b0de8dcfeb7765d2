import { setFlagsFromString } from 'node:v8';
import type { Command } from 'commander';
import { type Config, readControllerConfig } from '../compose/config.js';
import type { Running, Say } from '../compose/running.js';
import { passphraseFrom } from './passphrase.js';

interface ServeFlags {
  readonly config?: string;
  readonly json?: boolean;
  readonly data?: string;
  readonly database?: string;
  readonly name?: string;
  readonly role?: string;
  readonly host?: string;
  readonly port?: string;
  readonly mqttPort?: string;
  readonly nextFree?: boolean;
  readonly standby?: string;
  readonly insecure?: boolean;
  readonly log?: string;
}

export function addServe(program: Command): void {
  program
    .command('serve')
    .description('run the controller: broker, race desk, timing, leaderboard and pages in one process')
    .option('--config <file>', 'YAML file; PITWALL_… variables and flags win over it')
    .option('--data <folder>', 'database, keys and secrets (default: pitwall-data)')
    .option('--database <where>', 'a SQLite file or postgres://…')
    .option('--name <name>', 'what this controller is called where its results go')
    .option('--role <role>', 'all, leaderboard alone, or evaluator: workers for submissions alone')
    .option('--host <host>', 'address of the HTTP server and the broker (default: 127.0.0.1)')
    .option('--port <port>', 'port of the HTTP server (default: 8080; 0: any free one)')
    .option('--mqtt-port <port>', 'port of the broker (default: 1883; 0: any free one)')
    .option('--next-free', 'where a port is in use, take the next free one and say so')
    .option('--standby <url>', 'stand by for the controller there; its token and passphrase: docs/backup.md')
    .option('--insecure', 'allow listening beyond this machine without TLS')
    .option('--log <level>', 'debug, info, warn, error or silent')
    .option('--json', 'one JSON object a line')
    .action(async (flags: ServeFlags) => {
      // Without it V8 lets dead objects grow to several hundred MB before it looks for them on a computer with much memory; it is a
      // limit of what is there when garbage is collected (`node --v8-options`), and costs a collection more now and then.
      setFlagsFromString('--optimize-for-size');
      const config = readControllerConfig(flags.config, process.env, configFlags(flags));
      const say: Say = flags.json ? (line) => console.log(JSON.stringify(line)) : ({ text }) => console.log(text);
      const running = await (await starterOf(config))(config, say);
      endOnDefect(running, say);
      const overtaken = await Promise.race([untilAsked(), running.superseded ?? untilAsked()]);
      if (overtaken !== undefined) await running.makeSafe?.();
      await running.stop();
      if (overtaken !== undefined) throw overtaken;
      say({ type: 'stopped', text: 'Pitwall has stopped.' });
    });
}

type Start = (config: Config, say: Say) => Promise<Pick<Running, 'stop' | 'makeSafe' | 'superseded'>>;

/** What a role starts is loaded only now: tokens and gates do without. */
async function starterOf({ role, standby }: Config): Promise<Start> {
  if (standby !== undefined) {
    const { startStandby } = await import('../compose/standby.js');
    return async (config, say) =>
      startStandby(config, () => passphraseFrom(standby.passphrasefile, { twice: true }), say);
  }
  switch (role) {
    case 'all':
      return (await import('../compose/all.js')).startAll;
    case 'leaderboard':
      return (await import('../compose/leaderboard.js')).startLeaderboard;
    case 'evaluator':
      return (await import('../compose/evaluator.js')).startEvaluator;
  }
}

function configFlags({ config: _file, json: _json, host, port, mqttPort, nextFree, standby, ...flags }: ServeFlags) {
  return {
    ...flags,
    ...(nextFree === undefined ? {} : { nextfree: nextFree }),
    ...(standby === undefined ? {} : { standby: { url: standby } }),
    http: { host, port },
    mqtt: { host, port: mqttPort },
  };
}

/** Cars are asked for so long whether they stand, ms; they stop without us, too, when the link ends with the process. */
const safeWithin = 500;

/**
 * After an exception that nobody foresaw, nothing here is known to be as it should: cars are told to stop, and the process ends, for its supervisor
 * to start it again.
 */
function endOnDefect({ makeSafe }: Pick<Running, 'makeSafe'>, say: Say): void {
  const end = (error: unknown) => {
    const text = `A defect in Pitwall: ${error instanceof Error ? (error.stack ?? error.message) : String(error)}`;
    say({ type: 'warning', text });
    setTimeout(() => process.exit(1), safeWithin);
    const safe = Promise.resolve().then(() => makeSafe?.());
    void safe.then(
      () => process.exit(1),
      () => process.exit(1),
    );
  };
  process.once('uncaughtException', end);
  process.once('unhandledRejection', end);
}

/** Resolves on the first SIGINT or SIGTERM; a second one ends the process at once. */
function untilAsked(): Promise<undefined> {
  return new Promise((resolve) => {
    const asked = () => resolve(undefined);
    process.once('SIGINT', asked);
    process.once('SIGTERM', asked);
  });
}
