import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { GateId, PitwallError } from '@pitwall/protocol';
import { readConfig } from '@pitwall/runtime';
import { readJoined } from '@pitwall/runtime/join-track';
import { z } from 'zod';

const path = z.string().min(1);

/** What a gate process needs beside its profile. Environment variables are PITWALL_GATE_… (PITWALL_GATE_BROKER_TOKEN). */
export const GateConfig = z.strictObject({
  id: GateId,
  profile: z.string().min(1),
  broker: z
    .strictObject({
      /** Absent: where it joined, or this machine. */
      url: z.url({ protocol: /^mqtts?$/, error: 'must be mqtt://host:port or mqtts://host:port' }).optional(),
      /** The gate's own token. By file or environment, never by flag: flags are seen by everyone on the machine. */
      token: z.string().min(1).optional(),
      /** PEM file of the certificate authority, where the system does not know it. */
      ca: path.optional(),
    })
    .prefault({}),
  /** Folder of the journal. */
  data: path.default('pitwall-data'),
  /** Allows a broker beyond this machine without TLS. */
  insecure: z.union([z.boolean(), z.stringbool()]).default(false),
  /** Of a simulated gate: the car's socket, the track's file, and the direction of the race where it is not the track's. */
  simulated: z
    .strictObject({
      socket: path,
      track: path,
      direction: z.enum(['clockwise', 'counter-clockwise']).optional(),
    })
    .optional(),
});

/** As it is used: with a broker, and a token for it. */
export type GateConfig = Omit<z.infer<typeof GateConfig>, 'broker'> & {
  readonly broker: { readonly url: string; readonly token: string; readonly ca?: string | undefined };
};

/** Where a gate keeps what it was given when it joined. */
export const joinedFolder = (data: string, id: string): string => join(data, 'link', id);

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** The configuration, with what the gate kept when it joined where it says nothing of a token. @throws PitwallError `config-invalid`. */
export function readGateConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  flags: Record<string, unknown>,
): GateConfig {
  const written = readConfig(GateConfig, { file, env, prefix: 'PITWALL_GATE_', flags });
  const config = { ...written, broker: brokerOf(written) };
  const { protocol, hostname } = new URL(config.broker.url);
  if (protocol === 'mqtt:' && !loopback.has(hostname) && !config.insecure)
    throw new PitwallError(
      'config-invalid',
      `The gate would send its token to ${hostname} in the clear: use mqtts://, or say --insecure.`,
    );
  return config;
}

function brokerOf({ id, data, broker: { url, token, ca } }: z.infer<typeof GateConfig>): GateConfig['broker'] {
  if (token !== undefined) return { url: url ?? 'mqtt://127.0.0.1:1883', token, ca };
  const joined = readJoined(joinedFolder(data, id));
  if (joined === undefined)
    throw new PitwallError(
      'config-invalid',
      `The configuration: broker.token: let the gate join (pitwall gate join), or give it its token by PITWALL_GATE_BROKER_TOKEN or the configuration file.`,
    );
  return { url: url ?? joined.url, token: readFileSync(joined.passwordfile, 'utf8').trim(), ca: ca ?? joined.ca };
}
