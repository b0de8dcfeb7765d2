import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGateProfile } from '@pitwall/firmware-config';
import type { Command } from 'commander';
import { pino } from 'pino';
import { Gate, Journal, readGateConfig } from '../gate/index.js';
import { hostClock, Link } from '../link/index.js';
import { addCheck } from './gate-check.js';
import { addList, addWatch } from './gate-list.js';
import { sensorOf } from './gate-sensor.js';

interface RunFlags {
  config?: string;
  id?: string;
  profile?: string;
  broker?: string;
  data?: string;
  insecure?: boolean;
  socket?: string;
  track?: string;
  direction?: string;
}

/** `pitwall gate …`: the process that watches the line, and what helps to set one up. */
export function addGate(program: Command): void {
  const gate = program.command('gate').description('watch the line: gate processes, and help to set one up');
  runOptions(gate.command('run').description('stamp crossings at a gate and send them to the controller'))
    .option('--profile <name>', 'gate profile: a name that comes with Pitwall, or the path of a YAML file')
    .action((flags: RunFlags) => run(flags));
  runOptions(gate.command('simulate').description('be the gate of a simulated track'))
    .requiredOption('--socket <path>', 'the socket on which the simulated car says where it is')
    .requiredOption('--track <file>', 'track file')
    .option('--direction <direction>', 'clockwise or counter-clockwise; default: as the track is drawn')
    .action((flags: RunFlags) => run({ ...flags, profile: 'simulated' }));
  addList(gate);
  addWatch(gate);
  addCheck(gate);
}

function runOptions(command: Command): Command {
  return command
    .option('--config <file>', 'YAML configuration; environment variables PITWALL_GATE_… and flags go over it')
    .option('--id <id>', 'the id of the gate')
    .option('--broker <url>', 'mqtt:// or mqtts:// URL of the broker; the token comes by PITWALL_GATE_BROKER_TOKEN')
    .option('--data <folder>', 'where crossings are kept until the controller has them')
    .option('--insecure', 'allow a broker beyond this machine without TLS');
}

async function run({ config: file, broker, socket, track, direction, ...flags }: RunFlags): Promise<void> {
  const config = readGateConfig(file, process.env, {
    ...flags,
    ...(broker === undefined ? {} : { broker: { url: broker } }),
    ...(socket === undefined ? {} : { simulated: { socket, track, direction } }),
  });
  const profile = readGateProfile(config.profile);
  const log = pino({ name: `gate ${config.id}` }, pino.destination(2));
  const clock = hostClock();
  const journal = await Journal.open(join(config.data, `${config.id}.journal`));
  const gate = new Gate({
    gate: config.id,
    profile: profile.name,
    sensor: sensorOf(profile, config.simulated, clock, (bootId) => journal.kept(bootId)),
    debounce: { edge: profile.edge ?? 'both', holdoff: profile.holdoff },
    watch: {
      active: profile.edge === 'rising' ? 1 : profile.edge === 'falling' ? 0 : undefined,
      stuck: profile.stuck,
    },
    repeatability: profile.repeatability,
    journal,
    clock,
    version,
    log,
    link: (presence) =>
      new Link({
        url: config.broker.url,
        username: `gate:${config.id}`,
        password: config.broker.token,
        ...(config.broker.ca === undefined ? {} : { ca: readFileSync(config.broker.ca, 'utf8') }),
        clock,
        log,
        presence,
      }),
  });
  const ended = new Promise<NodeJS.Signals>((resolve) => {
    process.once('SIGINT', resolve);
    process.once('SIGTERM', resolve);
  });
  await gate.start();
  log.info({ profile: profile.name, broker: config.broker.url }, 'watching');
  await ended;
  await gate.stop();
}

const version = (
  JSON.parse(readFileSync(new URL('../../package.json', import.meta.url), 'utf8')) as { version: string }
).version;
