import { existsSync, readFileSync } from 'node:fs';
import {
  type CarProfile,
  readCalibration,
  readCarProfile,
  withCalibration,
  withStockCalibration,
} from '@pitwall/firmware-config';
import { CarId } from '@pitwall/protocol';
import { readConfig } from '@pitwall/runtime';
import { readJoined } from '@pitwall/runtime/join-track';
import { z } from 'zod';
import { Fault } from '../simulator/index.js';
import { joinedFolder, stateFolder } from './state-folder.js';

/** An environment variable is a string; only these two words are a boolean. */
const flag = z.union([z.boolean(), z.literal('true').transform(() => true), z.literal('false').transform(() => false)]);

const Written = z.strictObject({
  car: CarId,
  /** The name of a profile that comes with Pitwall, or the path of one. */
  profile: z.string().min(1),
  /** The racer's archive (`*.tar.gz`) to begin with; without a model the car can be driven by hand only. */
  model: z.string().min(1).optional(),
  /** The file in which this car's calibration is kept: its pulse widths go over the profile's. */
  calibration: z.string().min(1).optional(),
  /** The models that the car carries; the one that was loaded last goes before `model`. */
  models: z
    .strictObject({
      /** Absent: `models/CAR` in the state folder. */
      folder: z.string().min(1).optional(),
      /** MB. */
      quota: z.coerce.number().int().min(1).max(1_000_000).default(2048),
      /** The folder under which USB sticks appear (`/media/pitwall`): their archives are taken in. */
      stick: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Absent: as the car joined (`pitwall-agent join`); where it did not, it drives alone. */
  link: z
    .strictObject({
      url: z.url({ protocol: /^mqtts?$/, error: 'must be mqtt://host:port or mqtts://host:port' }),
      /** A file with the car's password in its first line; keep it readable for the agent only. */
      passwordfile: z.string().min(1),
      /** Where the controller gives out models; by default port 8080 of the broker's host. */
      http: z.url({ protocol: /^https?$/, error: 'must be http://host:port or https://host:port' }).optional(),
      /** A PEM file, where the broker's certificate is signed by an authority of your own. */
      ca: z.string().min(1).optional(),
      /** Consent to a broker beyond loopback without TLS. */
      insecure: flag.default(false),
      /** What the car does when it loses the link. */
      lost: z.enum(['stop-after', 'carry-on']).default('stop-after'),
      /** After how many ms without a sign of the broker the link is lost. */
      after: z.coerce.number().int().min(300).max(60_000).default(1000),
    })
    .optional(),
  driving: z
    .strictObject({
      /** Share of the last steering angle that stays in the next one. */
      smoothing: z.coerce.number().min(0).max(0.95).default(0),
      /** Actions a second at most, to match training; 0 is no limit. Each holds for 150 ms: the next one must come before. */
      limit: z.coerce
        .number()
        .min(0)
        .max(120)
        .refine((limit) => limit === 0 || limit >= 10, 'it must be 0 or at least 10, or the car would jerk')
        .default(15),
      /** Percent of throttle at the start. Absent: what {@link firstScale} says. */
      scale: z.coerce.number().min(0).max(100).optional(),
    })
    .prefault({}),
  /** Prometheus metrics on loopback. */
  metrics: z.strictObject({ port: z.coerce.number().int().min(1).max(65_535) }).optional(),
  /** The black box. */
  recorder: z
    .strictObject({
      /** `armed`: from arming until a few seconds after the power is off, and when told to. */
      when: z.enum(['armed', 'never']).default('armed'),
      /** Absent: `recordings` in the state folder. */
      folder: z.string().min(1).optional(),
      /** MB of all recordings together; the oldest go. */
      size: z.coerce.number().min(2).max(1_000_000).default(1024),
      /** How many recordings. */
      files: z.coerce.number().int().min(2).max(10_000).default(1000),
      /** MB of one; then the next begins. */
      file: z.coerce.number().min(1).max(4096).default(64),
      /** Of cameras that send no JPEG: `png` loses nothing, so that a replay sees the very same pixels. */
      pictures: z.enum(['jpeg', 'png']).default('jpeg'),
    })
    .prefault({})
    .refine(({ size, file }) => 2 * file <= size, { path: ['file'], error: 'must be half of recorder.size at most' }),
  /** Other versions of the agent, over the link. */
  updates: z
    .strictObject({
      /** The public key by which versions must be signed, the one line for `minisign -P`. Absent: that of this agent's own package. */
      key: z.string().min(1).optional(),
    })
    .prefault({}),
  /** Driving and stopping at the car itself. */
  controls: z
    .strictObject({
      /** Keys in the terminal in which the agent runs. */
      keyboard: flag.default(false),
      /** `/dev/input/js0` */
      gamepad: z.string().min(1).optional(),
    })
    .prefault({}),
  /** For the profile `simulated` only. */
  simulated: z
    .strictObject({
      /** A track's id, or the path of its description. */
      track: z.string().min(1),
      /** Which way the track is driven; absent: as it was drawn. */
      direction: z.enum(['clockwise', 'counter-clockwise']).optional(),
      /** Appearance of the place: light, colours, textures. */
      seed: z.coerce.number().int().min(0).default(0),
      /** Metres after the start line at which the car stands at first. */
      start: z.coerce.number().default(-0.5),
      /** Unix socket on which the true poses are served. */
      poses: z.string().default(''),
      /** What goes wrong on purpose, in seconds of the agent's life. */
      faults: z.array(Fault).default([]),
    })
    .optional(),
});
/** As it is written, with a folder for all that a car keeps. */
export const AgentConfig = Written.transform(({ models, recorder, link, ...rest }) => ({
  ...rest,
  link: link ?? joinedLink(rest.car),
  models: { ...models, folder: models.folder ?? stateFolder('models', rest.car) },
  recorder: { ...recorder, folder: recorder.folder ?? stateFolder('recordings') },
}));
export type AgentConfig = z.infer<typeof AgentConfig>;

function joinedLink(car: string): z.infer<typeof Written>['link'] {
  const joined = readJoined(joinedFolder(car));
  return joined === undefined ? undefined : Written.shape.link.parse(joined);
}

/** File, then environment (`PITWALL_AGENT_LINK_URL`), then flags. @throws PitwallError `config-invalid` */
export function readAgentConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  flags: { [key: string]: unknown },
): AgentConfig {
  return readConfig(AgentConfig, { file, env, prefix: 'PITWALL_AGENT_', flags });
}

/**
 * The car's profile with its own calibration, where it has one: ours, else the file of its maker's software that the profile
 * names. @throws PitwallError as they are read
 */
export function profileOf({ profile, calibration }: Pick<AgentConfig, 'profile' | 'calibration'>): CarProfile {
  const read = readCarProfile(profile);
  const found = calibration === undefined ? undefined : readCalibration(calibration);
  if (found !== undefined) return withCalibration(read, found);
  const { stockCalibration } = read;
  if (stockCalibration === undefined || !existsSync(stockCalibration)) return read;
  return withStockCalibration(read, readFileSync(stockCalibration, 'utf8'), stockCalibration);
}

/** Percent of throttle of a car whose crew said nothing: one among people is slow until they raise it. */
const slow = 30;

/** Percent of throttle at the start. */
export const firstScale = ({ driving }: Pick<AgentConfig, 'driving'>, { drivetrain }: CarProfile): number =>
  driving.scale ?? (drivetrain.kind === 'simulated' ? 100 : slow);
