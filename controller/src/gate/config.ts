import { GateId, PitwallError } from '@pitwall/protocol';
import { readConfig } from '@pitwall/runtime';
import { z } from 'zod';

const path = z.string().min(1);

/** What a gate process needs beside its profile. Environment variables are PITWALL_GATE_… (PITWALL_GATE_BROKER_TOKEN). */
export const GateConfig = z.strictObject({
  id: GateId,
  profile: z.string().min(1),
  broker: z
    .strictObject({
      url: z.url({ protocol: /^mqtts?$/ }).default('mqtt://127.0.0.1:1883'),
      /** The gate's own token. By file or environment, never by flag: flags are seen by everyone on the machine. */
      token: z.string('give the gate its token by PITWALL_GATE_BROKER_TOKEN or the configuration file').min(1),
      /** PEM file of the certificate authority, where the system does not know it. */
      ca: path.optional(),
    })
    .prefault({} as { token: string }),
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
export type GateConfig = z.infer<typeof GateConfig>;

const loopback = new Set(['localhost', '127.0.0.1', '[::1]']);

/** @throws PitwallError `config-invalid`. */
export function readGateConfig(
  file: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
  flags: Record<string, unknown>,
): GateConfig {
  const config = readConfig(GateConfig, { file, env, prefix: 'PITWALL_GATE_', flags });
  const { protocol, hostname } = new URL(config.broker.url);
  if (protocol === 'mqtt:' && !loopback.has(hostname) && !config.insecure)
    throw new PitwallError(
      'config-invalid',
      `The gate would send its token to ${hostname} in the clear: use mqtts://, or say --insecure.`,
    );
  return config;
}
