import { PitwallError, parse } from '@pitwall/protocol';
import { type GateHealth, GateList } from '@pitwall/protocol/api';
import type { Command } from 'commander';

const pollMs = 500;

interface ListFlags {
  readonly url: string;
  readonly json?: boolean;
}

const withUrl = (command: Command): Command =>
  command
    .option('--url <url>', "the controller's address", process.env.PITWALL_URL ?? 'http://127.0.0.1:8080')
    .option('--json', 'one JSON object a line');

export function addList(gate: Command): void {
  withUrl(gate.command('list').description('show every gate and how it is')).action(
    async ({ url, json }: ListFlags) => {
      const gates = await gatesAt(url);
      if (json) for (const each of gates) console.log(JSON.stringify(each));
      else if (gates.length === 0) console.log('No gate was heard since the controller started.');
      else for (const each of gates) console.log(lineOf(each));
    },
  );
}

export function addWatch(gate: Command): void {
  withUrl(gate.command('watch').description('show crossings and changes of health as they come')).action(
    async ({ url, json }: ListFlags) => {
      let stopped = false;
      const end = new Promise<void>((resolve) => {
        for (const signal of ['SIGINT', 'SIGTERM'] as const)
          process.once(signal, () => {
            stopped = true;
            resolve();
          });
      });
      const seen = new Set<string>();
      const health = new Map<string, string>();
      let first = true;
      while (!stopped) {
        for (const each of await gatesAt(url)) {
          const state = each.trouble?.kind ?? 'well';
          if (health.get(each.gate) !== state) say(json, each, lineOf(each));
          health.set(each.gate, state);
          for (const crossing of each.recent) {
            const key = `${each.gate}/${crossing.bootId}/${crossing.seq}/${crossing.at}`;
            // What was before the watch began is history.
            if (!seen.has(key) && !first) {
              const who = crossing.transponder === undefined ? '' : `  transponder ${crossing.transponder}`;
              say(
                json,
                { gate: each.gate, crossing },
                `${each.gate}  crossing ${crossing.seq}  ± ${crossing.uncertainty} µs${who}`,
              );
            }
            seen.add(key);
          }
        }
        first = false;
        await Promise.race([end, new Promise((resolve) => setTimeout(resolve, pollMs))]);
      }
    },
  );
}

function say(json: boolean | undefined, message: object, line: string): void {
  console.log(json ? JSON.stringify(message) : line);
}

async function gatesAt(url: string): Promise<GateHealth[]> {
  let response: Response;
  try {
    response = await fetch(new URL('/api/v1/gates', url));
  } catch (cause) {
    throw new PitwallError('not-found', `No controller answers at ${url}: is it running? Say --url for another.`, {
      cause,
    });
  }
  if (!response.ok) throw new PitwallError('not-found', `${url} answered ${response.status}; is it a controller?`);
  return parse(GateList, await response.json(), `The answer of ${url}`).gates;
}

const seconds = (micros: number | null): string => (micros === null ? 'never' : `${(micros / 1e6).toFixed(1)} s ago`);

function lineOf(gate: GateHealth): string {
  const { status, sensor, profile, lastCrossingAgo, linkDelay, clockError, driftPpm } = gate;
  const { gaps, waiting, lost, reused, wallClockSteps, trouble } = gate;
  const parts = [
    `${gate.gate}  ${status}, sensor ${sensor}`,
    profile ?? 'unknown profile',
    `last crossing ${seconds(lastCrossingAgo)}`,
    linkDelay === null ? 'link not measured' : `link ${(linkDelay / 1000).toFixed(1)} ms`,
    clockError === null ? 'clock not aligned' : `clock ± ${clockError} µs, drift ${driftPpm ?? 0} ppm`,
  ];
  if (gaps + waiting + lost > 0) parts.push(`${gaps} missing, ${waiting} waiting, ${lost} edges lost`);
  if (reused > 0) parts.push(`${reused} under numbers that others have: is its data a copy?`);
  if (wallClockSteps !== null) parts.push(`stamps by a wall clock, set ${wallClockSteps} times`);
  if (gate.rival !== null) {
    const { host, address } = gate.rival;
    parts.push(
      `ANOTHER COMPUTER SAYS THAT IT IS THIS GATE: ${host ?? 'without a name'} at ${address ?? 'an unknown address'}`,
    );
  }
  if (gate.batteryVolts !== null) parts.push(`${gate.batteryVolts.toFixed(2)} V`);
  return trouble === null ? parts.join('; ') : `${parts.join('; ')}\n  NOT HEALTHY: ${trouble.message}`;
}
