import { join } from 'node:path';
import { LeaderboardId, PitwallError } from '@pitwall/protocol';
import { ProviderName, SourceName } from '@pitwall/protocol/api';
import { readConfig } from '@pitwall/runtime';
import { z } from 'zod';
import { isLoopback } from '../tls/index.js';
import { ports } from './ports.js';

const truth = z.union([z.boolean(), z.stringbool()]).default(false);
const portError = 'must be a port, 0 to 65535';
const port = z.coerce.number(portError).int(portError).min(0, portError).max(65_535, portError);
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
  http: listener(ports.http).prefault({}),
  mqtt: listener(ports.mqtt)
    .extend({
      /** By default 8883 over TLS, 1883 without. */
      port: port.optional(),
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
  hall: listener(ports.hall)
    .extend({ host: z.string().min(1).default('0.0.0.0') })
    .optional(),
  /**
   * A certificate of one's own: PEM files, the chain and its key. `local`: one by an authority of this controller's own, which is also
   * what it has beyond this machine where nothing is said.
   */
  tls: z.union([z.literal('local'), z.strictObject({ cert: z.string().min(1), key: z.string().min(1) })]).optional(),
  /** Further DNS names of this controller, for its certificate; the first is in links. */
  names: z
    .array(z.string().regex(/^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)*[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/))
    .default([]),
  /** Tells the network the name `NAME.local` by mDNS, where anything listens beyond this machine. */
  mdns: z.union([z.boolean(), z.stringbool()]).default(true),
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
  /** OpenID providers by whom people may sign in. `secretfile`: the path of a file that holds the client's secret; a public client has none. */
  providers: z
    .array(
      z.strictObject({
        name: ProviderName,
        label: z.string().min(1).max(60),
        issuer: z
          .url({ protocol: /^https?$/ })
          .refine(
            (url) => url.startsWith('https:') || isLoopback(new URL(url).hostname),
            'must begin with https://, except on this machine',
          ),
        client: z.string().min(1).max(300),
        secretfile: z.string().min(1).optional(),
      }),
    )
    .default([]),
  /** Versions of the agent that cars fetch here. */
  releases: z
    .strictObject({
      /** The public key by which they must be signed, the one line for `minisign -P`. Absent: that of this controller's own package. */
      key: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Tells overlays of others the race that is on, in the RMonitor protocol over TCP. */
  rmonitor: listener(ports.rmonitor).optional(),
  /** Stands by for another controller, and races only once it is promoted. `token`: the path of a file that holds the token; `passphrasefile`: of one whose first line seals keys. */
  standby: z
    .strictObject({
      url: z.url({ protocol: /^https?$/ }),
      token: z.string().min(1),
      ca: z.string().min(1).optional(),
      passphrasefile: z.string().min(1).optional(),
    })
    .optional(),
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

export const isAnyHost = (host: string): boolean => host === '0.0.0.0' || host === '::';

/** What listens, and how it is closed. */
export interface Doors {
  /** Whether anything listens beyond this machine. */
  readonly beyond: boolean;
  /** PEM files, or an authority of this controller's own; undefined: nothing is. */
  readonly closedBy: { readonly cert: string; readonly key: string } | 'local' | undefined;
  /** Beyond this machine, and not closed. */
  readonly open: boolean;
}

/** Beyond this machine everything is closed, by what the configuration names or by an authority made for it, unless it says otherwise. */
export function doorsOf({ http, mqtt, hall, tls, insecure, role }: Config): Doors {
  const hosts = role === 'all' && mqtt.url === undefined ? [http.host, mqtt.host] : [http.host];
  const beyond = hosts.some((host) => !isLoopback(host));
  const closedBy = tls ?? (beyond && !insecure ? 'local' : undefined);
  return {
    beyond: beyond || (role === 'all' && hall !== undefined && !isLoopback(hall.host)),
    closedBy,
    open: beyond && closedBy === undefined,
  };
}

/** @throws PitwallError `listen-refused` for a broker elsewhere that would be spoken to without TLS. */
export function demandClosed({ mqtt, insecure, role }: Config): void {
  const broker = role === 'all' && mqtt.url !== undefined ? new URL(mqtt.url) : undefined;
  if (broker?.protocol === 'mqtt:' && !isLoopback(broker.hostname) && !insecure)
    throw new PitwallError(
      'listen-refused',
      `The broker ${broker.host} is beyond this machine: use mqtts://, or say --insecure.`,
    );
}
