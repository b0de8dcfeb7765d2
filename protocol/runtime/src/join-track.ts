import { createHash, randomBytes, X509Certificate } from 'node:crypto';
import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { request as requestPlain } from 'node:http';
import { request as requestSecure } from 'node:https';
import { join } from 'node:path';
import { connect, type DetailedPeerCertificate } from 'node:tls';
import { type ErrorCode, errorCodes, PitwallError, parse, parseJson } from '@pitwall/protocol';
import {
  ErrorBody,
  JoinAnswer,
  type JoinRequest,
  type MachineRole,
  readJoinCode,
  trustDigits,
} from '@pitwall/protocol/api';
import { z } from 'zod';
import { yaml } from './yaml.js';

/** What a machine keeps of the controller that let it in. Paths of files. */
export interface Joined {
  /** Of the broker. */
  readonly url: string;
  /** Of the controller. */
  readonly http: string;
  readonly passwordfile: string;
  /** PEM of the controller's authority; absent where everybody trusts it, or there is no TLS. */
  readonly ca?: string;
}

export interface JoinOptions {
  /** As the page gives it: `https://…#join=CODE`, a file with that, or the code alone. */
  readonly invitation: string;
  /** Where the controller is, for a code alone. */
  readonly controller: string;
  readonly role: MachineRole;
  /** Of this computer. */
  readonly host: string;
  /** Where what is kept of machines that joined lies, for one of this name. */
  readonly folderOf: (name: string) => string;
  readonly say: (line: string) => void;
  /** Between two questions whether it is in. */
  readonly wait: (ms: number) => Promise<void>;
}

const patienceMs = 10_000;
const pollMs = 1000;
const Kept = z.strictObject({ url: z.url(), http: z.url(), ca: z.boolean() });
const files = { kept: 'link.yaml', token: 'token', ca: 'ca.pem' } as const;

/**
 * Joins a track: makes a token, shows the controller its hash, and waits until staff lets it in. Nothing is sent before the controller
 * has shown that it is the one that the code is of.
 * @throws PitwallError `join-failed`, or what the controller says
 */
export async function joinTrack(options: JoinOptions): Promise<{ readonly name: string; readonly joined: Joined }> {
  const { role, host, folderOf, say, wait } = options;
  const { at, code, trust } = readInvitation(options);
  const ca = at.protocol === 'https:' && trust !== '' ? await authorityOf(at, trust) : undefined;
  const token = randomBytes(32).toString('base64url');
  const tokenHash = createHash('sha256').update(token).digest('hex');
  const ask = asker(at, ca);
  const body: JoinRequest = { code, role, tokenHash, host };
  let answer = await ask('POST', '/api/v1/machines/join', body);
  const { id, name, key } = answer;
  say(`This is ${role} ${name}, key ${key}: let it in on the controller’s page Cars, where the same key is shown.`);
  while (answer.state === 'waiting') {
    await wait(pollMs);
    answer = await ask('GET', `/api/v1/machines/join/${id}`);
  }
  if (answer.state === 'refused') throw new PitwallError('join-failed', `The staff refused ${role} ${name}.`);
  const folder = folderOf(name);
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  writeFile(join(folder, files.token), `${token}\n`, 0o600);
  if (ca !== undefined) writeFile(join(folder, files.ca), ca, 0o644);
  const kept: z.input<typeof Kept> = { url: answer.broker, http: at.origin, ca: ca !== undefined };
  writeFile(join(folder, files.kept), yaml().stringify(kept), 0o644);
  return { name, joined: readJoined(folder)! };
}

/** What a machine kept when it joined; undefined where it did not. @throws PitwallError `config-invalid` */
export function readJoined(folder: string): Joined | undefined {
  const file = join(folder, files.kept);
  if (!existsSync(file)) return undefined;
  const { url, http, ca } = parse(Kept, yaml().parse(readFileSync(file, 'utf8')), file, 'config-invalid');
  return { url, http, passwordfile: join(folder, files.token), ...(ca ? { ca: join(folder, files.ca) } : {}) };
}

function readInvitation({ invitation, controller }: JoinOptions): { at: URL; code: string; trust: string } {
  const text = existsSync(invitation) ? (readFileSync(invitation, 'utf8').trim().split('\n')[0] ?? '') : invitation;
  const [where, hash] = text.includes('#') ? text.split('#') : [controller, text];
  const read = readJoinCode((hash ?? '').replace(/^join=/, ''));
  if (read === undefined || where === undefined || !URL.canParse(where))
    throw new PitwallError(
      'join-failed',
      'This is no code: take the one that the controller’s page Cars shows, or its link.',
    );
  const at = new URL(where);
  if (at.protocol !== 'https:' && !['localhost', '127.0.0.1', '[::1]'].includes(at.hostname))
    throw new PitwallError('join-failed', `${at.host} is beyond this computer: a machine joins over https:// alone.`);
  return { at, ...read };
}

/**
 * The certificate of the controller's authority, once it is seen that it is the one that the code tells of. Of the connection nothing
 * else is believed, and nothing is sent.
 */
async function authorityOf(at: URL, trust: string): Promise<string> {
  const host = at.hostname.replace(/^\[|\]$/g, '');
  const chain = await new Promise<DetailedPeerCertificate>((resolve, reject) => {
    const socket = connect(
      { host, port: Number(at.port || 443), rejectUnauthorized: false, timeout: patienceMs },
      () => {
        resolve(socket.getPeerCertificate(true));
        socket.destroy();
      },
    );
    socket.on('timeout', () => socket.destroy(new Error('it does not answer')));
    socket.on('error', reject);
  }).catch((cause: Error) => {
    throw new PitwallError('join-failed', `The controller at ${at.host} cannot be reached: ${cause.message}.`, {
      cause,
    });
  });
  const seen = new Set<string>();
  for (let one = chain; one?.raw !== undefined && !seen.has(one.fingerprint256); one = one.issuerCertificate) {
    seen.add(one.fingerprint256);
    const digest = createHash('sha256').update(one.raw).digest();
    if (trustDigits(digest) === trust) return new X509Certificate(one.raw).toString();
  }
  throw new PitwallError(
    'join-failed',
    `What answers at ${at.host} is not the controller that made this code: nothing was sent to it. Is another computer there, or is the code mistyped?`,
  );
}

const asker =
  (at: URL, ca: string | undefined) =>
  async (method: string, path: string, body?: JoinRequest): Promise<JoinAnswer> => {
    const secure = at.protocol === 'https:';
    const { status, text } = await new Promise<{ status: number; text: string }>((resolve, reject) => {
      const options = {
        method,
        headers: { 'content-type': 'application/json' },
        timeout: patienceMs,
        ...(ca === undefined ? {} : { ca }),
      };
      const sent = (secure ? requestSecure : requestPlain)(new URL(path, at.origin), options, (response) => {
        let text = '';
        response.setEncoding('utf8');
        response.on('data', (part: string) => {
          text += part;
        });
        response.on('end', () => resolve({ status: response.statusCode ?? 0, text }));
        response.on('error', reject);
      });
      sent.on('timeout', () => sent.destroy(new Error('it went silent')));
      sent.on('error', reject);
      sent.end(body === undefined ? undefined : JSON.stringify(body));
    }).catch((cause: Error) => {
      throw new PitwallError('join-failed', `The controller at ${at.host} does not answer: ${cause.message}.`, {
        cause,
      });
    });
    if (status < 300) return parseJson(JoinAnswer, text, 'The controller’s answer');
    const { error } = parseJson(ErrorBody, text, 'The controller’s answer');
    throw new PitwallError(error.code in errorCodes ? (error.code as ErrorCode) : 'join-failed', error.message);
  };

/** All of it or nothing. */
function writeFile(file: string, text: string, mode: number): void {
  writeFileSync(`${file}.new`, text, { mode, flush: true });
  renameSync(`${file}.new`, file);
}
