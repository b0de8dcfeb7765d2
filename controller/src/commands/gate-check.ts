import { type GateProfile, readGateProfile } from '@pitwall/firmware-config';
import { PitwallError } from '@pitwall/protocol';
import { hostClock } from '@pitwall/runtime';
import { type Edge, fromPeriods, fromWidths, type Pass, passesOf, type Repeatability } from '../gate/index.js';
import { sensorOf } from './gate-sensor.js';

export interface CheckFlags {
  readonly profile: string;
  readonly passes: string;
  readonly pace?: boolean;
  readonly json?: boolean;
}

/** A pass is over when the sensor has been quiet for so long. */
const quietMs = 700;

/** `pitwall gate check`: the sensor alone, without controller or race, and how well it repeats. */
export async function checkSensor({ profile: name, passes: wanted, pace, json }: CheckFlags): Promise<void> {
  const count = Number(wanted);
  if (!Number.isInteger(count) || count < 5 || count > 1000)
    throw new PitwallError('config-invalid', `--passes is ${wanted}; it must be a whole number from 5 to 1000.`);
  const profile = readGateProfile(name);
  const say = (message: object, line: string) => console.log(json ? JSON.stringify(message) : line);
  say({ type: 'guide', profile: profile.name, passes: count }, guideOf(profile, count, pace === true));
  const edges: Edge[] = [];
  let quiet: NodeJS.Timeout | undefined;
  let shown = 0;
  let finish: () => void = () => undefined;
  const finished = new Promise<void>((resolve) => {
    finish = resolve;
  });
  for (const signal of ['SIGINT', 'SIGTERM'] as const) process.once(signal, finish);
  const passOver = () => {
    const passes = passesOf(edges, quietMs * 1000);
    for (const pass of passes.slice(shown)) {
      shown += 1;
      say(
        { type: 'pass', pass: shown, ...pass },
        `pass ${shown} of ${count}: ${pass.edges} edges in ${(pass.width / 1000).toFixed(1)} ms`,
      );
    }
    if (passes.length >= count) finish();
  };
  const sensor = sensorOf(profile, undefined, hostClock(), () => undefined);
  await sensor.start({
    edge: (edge) => {
      edges.push(edge);
      // Numbers are kept by the device until someone has them: nobody keeps them here.
      if (edge.kept !== undefined) sensor.keep?.(edge.bootId, edge.kept);
      clearTimeout(quiet);
      quiet = setTimeout(passOver, quietMs);
    },
    status: (status, message) => say({ type: 'sensor', status, message }, `sensor ${status}: ${message}`),
    note: (message) => say({ type: 'note', message }, message),
    lost: (lost) => say({ type: 'lost', lost }, `${lost} edges lost`),
  });
  await finished;
  clearTimeout(quiet);
  await sensor.stop();
  const passes = passesOf(edges, quietMs * 1000);
  const result = pace === true ? fromPeriods(passes.map(({ at }) => at)) : fromWidths(passes.map(({ width }) => width));
  say(
    { type: 'result', stated: profile.repeatability, ...result, bounce: longestBounce(passes) },
    verdictOf(profile, passes, result),
  );
  if (result === undefined) process.exitCode = 1;
}

function guideOf({ description }: GateProfile, count: number, pace: boolean): string {
  const how = pace
    ? 'Let something pass at a steady pace, such as a flag on a turntable, slower than once a second.'
    : `Roll the same car down the same ramp through the gate, from the same mark each time, ${count} times; wait a second between passes.`;
  return `${description}\n${how} Ctrl-C ends it early.`;
}

const longestBounce = (passes: readonly Pass[]): number => Math.max(0, ...passes.map(({ width }) => width));

function verdictOf(profile: GateProfile, passes: readonly Pass[], result: Repeatability | undefined): string {
  if (result === undefined) return `${passes.length} passes are too few to say how well it repeats.`;
  const holdoff =
    longestBounce(passes) > profile.holdoff
      ? ` Passes take longer than the hold-off of ${profile.holdoff} µs: make it longer.`
      : '';
  const stated = `the profile states ${profile.repeatability} µs`;
  const advice =
    result.micros > profile.repeatability ? `${stated}: write the measured figure into it` : `${stated}, which holds`;
  return `It repeats to ± ${result.micros} µs (95 of 100, from ${result.passes} passes); ${advice}.${holdoff}`;
}
