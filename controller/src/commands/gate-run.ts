import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { readGateProfile } from '@pitwall/firmware-config';
import { clientIdOf } from '@pitwall/protocol/messages';
import { hostClock, thisComputer } from '@pitwall/runtime';
import { MqttLink } from '@pitwall/runtime/mqtt-link';
import { pino } from 'pino';
import { version } from '../compose/version.js';
import { Gate, Journal, readGateConfig } from '../gate/index.js';
import { sensorOf } from './gate-sensor.js';

export interface RunFlags {
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

/** `pitwall gate run` and `simulate`: watches the line until asked to end. */
export async function runGate({ config: file, broker, socket, track, direction, ...flags }: RunFlags): Promise<void> {
  const config = readGateConfig(file, process.env, {
    ...flags,
    ...(broker === undefined ? {} : { broker: { url: broker } }),
    ...(socket === undefined ? {} : { simulated: { socket, track, direction } }),
  });
  const profile = readGateProfile(config.profile);
  const log = pino({ name: `gate ${config.id}` }, pino.destination(2));
  const clock = hostClock();
  const computer = thisComputer(clock.bootId);
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
    stop: profile.stop,
    computer,
    journal,
    clock,
    version,
    log,
    link: (presence) =>
      new MqttLink({
        url: config.broker.url,
        username: `gate:${config.id}`,
        clientId: clientIdOf(`gate:${config.id}`, computer),
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
