import { join } from 'node:path';
import { LeaderboardId, PitwallError } from '@pitwall/protocol';
import { SourceName } from '@pitwall/protocol/api';
import { readConfig } from '@pitwall/runtime';
import { z } from 'zod';

const truth = z.union([z.boolean(), z.stringbool()]).default(false);
const port = z.coerce.number().int().min(0).max(65_535);
const listener = (standard: number) =>
  z.strictObject({ host: z.string().min(1).default('127.0.0.1'), port: port.default(standard) });

/** Everything `pitwall serve` can be told: by file, by `PITWALL_…` variables, by flags, the later winning. */
export const Config = z.strictObject({
  /** Folder for the database, keys and secrets. */
  data: z.string().min(1).default('pitwall-data'),
  /** A SQLite file or `postgres://…`; by default `pitwall.db` in the data folder. */
  database: z.string().min(1).optional(),
  /** What this controller is called where its results go. */
  name: SourceName.default('pitwall'),
  /** `leaderboard` runs the leaderboard service alone, `evaluator` only workers that evaluate submissions. */
  role: z.enum(['all', 'leaderboard', 'evaluator']).default('all'),
  http: listener(8080).prefault({}),
  mqtt: listener(1883)
    .extend({
      /** A broker elsewhere instead of the one inside; who may say what there is its own business. */
      url: z.url({ protocol: /^mqtts?$/ }).optional(),
      /** File that holds the password of user `controller` there. */
      passwordfile: z.string().min(1).optional(),
      /** Certificate authority of that broker, PEM file. */
      ca: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Where a wanted port is in use, tries the following ones. */
  nextfree: truth,
  /** Listens beyond this machine without TLS. */
  insecure: truth,
  /** Plain HTTP for phones in the hall: to look, to join with a PIN, and to race; nothing of staff or machines. Absent: there is none. */
  hall: listener(8081)
    .extend({ host: z.string().min(1).default('0.0.0.0') })
    .optional(),
  /** PEM files. */
  tls: z.strictObject({ cert: z.string().min(1), key: z.string().min(1) }).optional(),
  log: z.enum(['debug', 'info', 'warn', 'error', 'silent']).default('warn'),
  /** Workers that evaluate submissions of online races. */
  evaluation: z
    .strictObject({
      /** How many in this process; 0 leaves it to others. */
      workers: z.coerce.number().int().min(0).max(64).default(1),
      /** A worker that was silent for so long has lost its submission, s. */
      lease: z.coerce.number().min(0.3).max(3600).default(15),
      /** One evaluation may take so long, s. */
      limit: z.coerce.number().min(0.1).max(86_400).default(600),
      /** Each of its processes may have so much memory, MB. */
      memory: z.coerce.number().int().min(16).max(1_000_000).default(2048),
      /** A submission is tried so often. */
      attempts: z.coerce.number().int().min(1).max(100).default(3),
      /** The program that evaluates; by default the `pitwall-agent` that came with this controller. */
      agent: z.string().min(1).optional(),
      /** Folder for what is evaluated now; by default the system's for temporary files. */
      scratch: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Boards made at start where they are not there yet; unsigned results are taken on the sender's token. */
  boards: z.array(z.strictObject({ id: LeaderboardId, name: z.string().min(1).max(100) })).default([]),
  /** Tells overlays of others the race that is on, in the RMonitor protocol over TCP. */
  rmonitor: listener(50_000).optional(),
  /** Leaderboards elsewhere that get every result as well. `token` is the path of a file that holds the token. */
  forwarding: z
    .array(
      z.strictObject({
        name: SourceName.refine((name) => name !== 'local', '"local" is this controller itself'),
        url: z.url({ protocol: /^https?$/ }),
        token: z.string().min(1),
        ca: z.string().min(1).optional(),
      }),
    )
    .default([]),
});
export type Config = z.infer<typeof Config>;

/** Which variables exist is this package's business alone; others' `PITWALL_…` are none of ours. */
const known = new Set(Object.keys(Config.shape));

/** @throws PitwallError `config-invalid` */
export function readControllerConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  flags: Record<string, unknown>,
): Config {
  const ours = Object.fromEntries(
    Object.entries(env).filter(([name]) =>
      known.has(
        name
          .replace(/^PITWALL_/, '')
          .split('_')[0]
          ?.toLowerCase() ?? '',
      ),
    ),
  );
  return readConfig(Config, { file, env: ours, prefix: 'PITWALL_', flags });
}

export const databaseOf = ({ database, data }: Config): string => database ?? join(data, 'pitwall.db');

const loopback = /^(localhost|127(\.\d{1,3}){3}|::1|\[::1\])$/i;

/** Whether anything listens beyond this machine. @throws PitwallError `listen-refused` where that needs TLS. */
export function demandClosed({ http, mqtt, tls, insecure, role }: Config): { open: boolean } {
  if (role === 'evaluator') return { open: false };
  const broker = role === 'all' && mqtt.url !== undefined ? new URL(mqtt.url) : undefined;
  if (broker?.protocol === 'mqtt:' && !loopback.test(broker.hostname) && !insecure)
    throw new PitwallError(
      'listen-refused',
      `The broker ${broker.host} is beyond this machine: use mqtts://, or say --insecure.`,
    );
  const hosts = role === 'all' && broker === undefined ? [http.host, mqtt.host] : [http.host];
  const beyond = hosts.filter((host) => !loopback.test(host));
  if (beyond.length > 0 && tls === undefined && !insecure)
    throw new PitwallError(
      'listen-refused',
      `Listening on ${beyond[0]} is beyond this machine: give tls.cert and tls.key, or say --insecure.`,
    );
  return { open: beyond.length > 0 && tls === undefined };
}
