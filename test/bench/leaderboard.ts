import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { generateKeyPairSync, type KeyObject, randomUUID, sign as signBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { Agent, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startPostgres } from '../postgres/cluster.js';
import { fill, openDatabase } from './leaderboard-fill.js';
import { quantile, type Report } from './report.js';

const pitwall = fileURLToPath(new URL('../../../controller/bin/pitwall.js', import.meta.url));
const agent = new Agent({ keepAlive: true, maxSockets: 64 });
const sizes = [10_000, 100_000, 1_000_000];

/** Ingest and reads of the leaderboard service, as a process of its own over HTTP, on both databases. */
export async function run(report: Report): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  await measure('sqlite', join(folder, 'pitwall.db'), folder, report);
  rmSync(folder, { recursive: true, force: true });
  const cluster = await startPostgres({ durable: true });
  if (cluster === undefined) {
    console.error('PostgreSQL is not installed: only SQLite was measured.');
    return;
  }
  const other = mkdtempSync(join(tmpdir(), 'pitwall-bench-'));
  try {
    await measure('postgres', cluster.url, other, report);
  } finally {
    await cluster.stop();
    rmSync(other, { recursive: true, force: true });
  }
}

interface Service {
  readonly url: string;
  readonly process: ChildProcess;
}

async function startService(database: string, folder: string): Promise<Service> {
  const child = spawn(
    process.execPath,
    [pitwall, 'serve', '--role', 'leaderboard', '--database', database, '--data', folder, '--port', '0', '--json'],
    { stdio: ['ignore', 'pipe', 'inherit'] },
  );
  for await (const line of createInterface({ input: child.stdout as NodeJS.ReadableStream })) {
    const { type, url } = JSON.parse(line);
    if (type === 'ready') return { url, process: child };
  }
  throw new Error('the service did not start');
}

async function stopService({ process: child }: Service): Promise<void> {
  const ended = new Promise((resolve) => child.once('exit', resolve));
  child.kill('SIGTERM');
  await ended;
}

function call(method: string, url: string, token: string | undefined, body?: string, type = 'application/json') {
  return new Promise<{ status: number; text: string }>((resolve, reject) => {
    const headers = {
      ...(token === undefined ? {} : { authorization: `Bearer ${token}` }),
      ...(body === undefined ? {} : { 'content-type': type, 'content-length': Buffer.byteLength(body) }),
    };
    const sent = request(url, { method, headers, agent }, (response) => {
      const parts: Buffer[] = [];
      response.on('data', (part: Buffer) => parts.push(part));
      response.on('end', () => resolve({ status: response.statusCode ?? 0, text: Buffer.concat(parts).toString() }));
      response.on('error', reject);
    });
    sent.on('error', reject);
    sent.end(body);
  });
}

const hash = 'd'.repeat(64);
const base64 = (value: object): string => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A signed result of one of the racers: {"jws": …} as text. */
function signed(key: KeyObject, kid: string, number: number): string {
  const time = 7_000_000 + Math.floor(Math.random() * 60_000_000);
  const lap = (count: number) => ({
    lap: count,
    time: time + count * 1000,
    uncertainty: 50,
    valid: true,
    resets: 0,
    offTracks: 0,
    model: hash,
  });
  const content = `${base64({ alg: 'EdDSA', kid, typ: 'pitwall-result' })}.${base64({
    resultId: randomUUID(),
    racer: `racer-${number % 200_000}`,
    alias: `Racer ${number % 200_000}`,
    country: 'NL',
    finishedAt: 1_700_000_000_000 + number,
    track: { id: 'reinvent', version: 1, direction: 'counter-clockwise' },
    rules: { hash, name: 'Rules' },
    model: { hash, name: 'model' },
    laps: [lap(1), lap(2), lap(3)],
    provenance: {
      kind: 'physical',
      source: 'hall',
      race: 'r1',
      gates: [{ gate: 'start', uncertainty: 50 }],
      car: 'blue',
    },
  })}`;
  return JSON.stringify({ jws: `${content}.${signBytes(null, Buffer.from(content), key).toString('base64url')}` });
}

const milliseconds = async (work: () => Promise<unknown>): Promise<number> => {
  const begun = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - begun) / 1e6;
};

async function measure(engine: string, database: string, folder: string, report: Report): Promise<void> {
  const issue = (role: string, name: string): string =>
    JSON.parse(
      execFileSync(
        process.execPath,
        [pitwall, 'token', 'issue', '--role', role, '--name', name, '--database', database, '--data', folder, '--json'],
        { encoding: 'utf8' },
      ),
    ).token;
  const organizer = issue('organizer', 'olga');
  const source = issue('source', 'hall');
  const { publicKey, privateKey } = generateKeyPairSync('ed25519');
  let service = await startService(database, folder);
  const { kty, crv, x } = publicKey.export({ format: 'jwk' });
  const key = await call('POST', `${service.url}/api/v1/sources/hall/keys`, organizer, JSON.stringify({ kty, crv, x }));
  const { kid } = JSON.parse(key.text);
  for (const id of ['ingest', 'large'])
    await call(
      'POST',
      `${service.url}/api/v1/leaderboards`,
      organizer,
      JSON.stringify({ id, name: id, ranking: { by: 'best-lap' }, writers: ['hall'] }),
    );

  const lines = Array.from({ length: 20_000 }, (_, number) => signed(privateKey, kid, number));
  const batch = `${service.url}/api/v1/leaderboards/ingest/results:batch`;
  const warm = await call('POST', batch, source, lines.splice(0, 1000).join('\n'), 'application/x-ndjson');
  if (!warm.text.includes('"accepted"')) throw new Error(`${warm.status} ${warm.text.slice(0, 500)}`);
  const sent = lines.splice(0, 14_000);
  const spent = await milliseconds(async () => {
    const { text } = await call('POST', batch, source, sent.join('\n'), 'application/x-ndjson');
    const accepted = text.split('\n').filter((line) => line.includes('"accepted"')).length;
    if (accepted !== sent.length) throw new Error(`${accepted} of ${sent.length} were accepted`);
  });
  figure(
    report,
    `${engine}: ingest in batches, signed and verified`,
    (sent.length / spent) * 1000,
    'results/s',
    2000,
    true,
  );

  const single = `${service.url}/api/v1/leaderboards/ingest/results`;
  const singles = lines.splice(0, 4000);
  const total = singles.length;
  const alone = await milliseconds(() =>
    Promise.all(
      Array.from({ length: 32 }, async () => {
        for (let body = singles.pop(); body !== undefined; body = singles.pop()) {
          const { status, text } = await call('POST', single, source, body);
          if (status !== 201) throw new Error(`${status} ${text}`);
        }
      }),
    ),
  );
  figure(report, `${engine}: ingest of single results, 32 clients`, (total / alone) * 1000, 'results/s', 500, true);

  const seen: Reads[] = [];
  for (const size of sizes) {
    await stopService(service);
    const db = await openDatabase(database);
    await fill(db, 'large', size);
    service = await startService(database, folder);
    const ingest = { source, sign: (number: number) => signed(privateKey, kid, number) };
    seen.push(await reads(engine, service, size, ingest, db, report));
    await db.close();
  }
  await stopService(service);
  growth(engine, seen, report);
}

/** Medians, ms. */
interface Reads {
  readonly size: number;
  readonly top: number;
  readonly place: number;
}

/** From the smallest board to the largest; logarithmic growth would be the ratio of the logarithms of their sizes. */
function growth(engine: string, seen: readonly Reads[], report: Report): void {
  const [least, most] = [seen[0], seen.at(-1)];
  if (least === undefined || most === undefined) return;
  console.error(`${engine}, ms at the median:\n   results  top 100    place`);
  for (const { size, top, place } of seen)
    console.error(`${String(size).padStart(10)} ${top.toFixed(2).padStart(8)} ${place.toFixed(2).padStart(8)}`);
  const bar = Math.log(most.size) / Math.log(least.size);
  for (const read of ['top', 'place'] as const) {
    const name = `${engine}: growth of ${read === 'top' ? 'the top 100' : 'a place'} from ${least.size} to ${most.size} results`;
    figure(report, name, most[read] / least[read], 'times', bar, false);
  }
}

async function reads(
  engine: string,
  service: Service,
  size: number,
  ingest: { source: string; sign: (number: number) => string },
  db: Awaited<ReturnType<typeof openDatabase>>,
  report: Report,
): Promise<Reads> {
  const racers = size / 5;
  const board = `${service.url}/api/v1/leaderboards/large`;
  const load = await milliseconds(() => call('GET', `${board}/standings?limit=1`, undefined));
  let running = true;
  let number = 0;
  let failed = 0;
  const prepared = Array.from({ length: 3000 }, (_, index) => ingest.sign(index));
  const begun = Date.now();
  const writers = (async () => {
    const posts: Promise<void>[] = [];
    while (running && prepared.length > 0) {
      const due = ((Date.now() - begun) / 1000) * 200;
      while (number < due && prepared.length > 0) {
        number += 1;
        posts.push(
          call('POST', `${board}/results`, ingest.source, prepared.pop() as string).then(({ status }) => {
            if (status !== 201) failed += 1;
          }),
        );
      }
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
    await Promise.all(posts);
  })();
  for (let warm = 0; warm < 100; warm += 1) await call('GET', `${board}/standings?limit=100`, undefined);
  const top: number[] = [];
  const place: number[] = [];
  // Of the same process at the same time, with nothing to look up: what of a tail is the machine's.
  const bare: number[] = [];
  while (top.length < 600) {
    bare.push(await milliseconds(() => call('GET', board, undefined)));
    top.push(await milliseconds(() => call('GET', `${board}/standings?limit=100`, undefined)));
    const racer = `racer-${Math.floor(Math.random() * racers)}`;
    place.push(await milliseconds(() => call('GET', `${board}/racers/${racer}?neighbours=3`, undefined)));
  }
  running = false;
  const seconds = (Date.now() - begun) / 1000;
  await writers;
  if (failed > 0) throw new Error(`${failed} results were refused while reading`);
  const name = `${engine}, ${size.toLocaleString('en')} results`;
  const last = size === sizes.at(-1);
  const bar = (limit: number) => (last ? limit : Number.POSITIVE_INFINITY);
  figure(report, `${name}: standings top 100, p50`, quantile(top, 0.5), 'ms', bar(5), false);
  const floor = quantile(bare, 0.99);
  figure(report, `${name}: standings top 100, p99`, quantile(top, 0.99), 'ms', bar(5), false, floor);
  const plain = await db.plainPlace('large');
  figure(report, `${name}: a racer among neighbours, p50`, quantile(place, 0.5), 'ms', bar(10), false, plain);
  figure(report, `${name}: a racer among neighbours, p99`, quantile(place, 0.99), 'ms', bar(10), false, floor);
  figure(report, `${name}: ingest meanwhile`, number / seconds, 'results/s', 190, true);
  figure(report, `${name}: first read after a start`, load, 'ms', Number.POSITIVE_INFINITY, false);
  const resident =
    Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${service.process.pid}/status`, 'utf8'))?.[1]) / 1024;
  figure(report, `${name}: memory of the service`, resident, 'MB', bar(500), false);
  return { size, top: quantile(top, 0.5), place: quantile(place, 0.5) };
}

/** `least`: the bar is from below. */
function figure(
  report: Report,
  name: string,
  value: number,
  unit: string,
  bar: number,
  least: boolean,
  baseline?: number,
): void {
  report({
    figure: name,
    value,
    unit,
    bar: Number.isFinite(bar) ? `${least ? '≥' : '≤'} ${bar}` : 'none',
    ok: least ? value >= bar : value <= bar,
    ...(baseline === undefined ? {} : { baseline, ratio: value / baseline }),
  });
}
