import { parseArgs } from 'node:util';
import { planOf, Simulator, shrink } from './simulate.js';

const { values } = parseArgs({
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    print: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    shrink: { type: 'boolean', default: true },
    'no-shrink': { type: 'boolean', default: false },
    until: { type: 'boolean', default: false },
  },
});
const [seed, days, minutes] = [values.seed, values.days, values.minutes].map(Number) as [number, number, number];
/** Of this process: others have the machine's other time. */
const seconds = () => {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
};
const simulator = await Simulator.install();
const totals: Record<string, number> = {};
let simulated = 0;
let failed = 0;
for (let day = 0; day < days; day += 1) {
  const plan = planOf(seed + day, minutes);
  const outcome = await simulator.day(plan);
  simulated += outcome.at / 1e6;
  for (const [name, count] of Object.entries({ ...outcome.counts, events: outcome.events }))
    totals[name] = (totals[name] ?? 0) + count;
  if (values.print) for (const line of outcome.lines) console.log(line);
  const verdict = outcome.finding === undefined ? 'held' : `FOUND ${outcome.finding}`;
  console.log(
    `day ${plan.seed}: ${outcome.digest} ${Math.round(outcome.at / 1e6)} s, ${outcome.events} events: ${verdict}`,
  );
  if (outcome.finding === undefined) continue;
  failed += 1;
  if (values['no-shrink']) continue;
  const { plan: shortest, outcome: shown } = await shrink(simulator, plan, outcome);
  console.log(`  with ${shortest.happenings.length} of its ${plan.happenings.length} happenings:`);
  for (const line of shown.lines.slice(-40)) console.log(`  ${line}`);
  for (const happening of shortest.happenings) console.log(`  ${JSON.stringify(happening)}`);
  console.log(`  ${shown.finding}`);
}
if (values.json) console.log(JSON.stringify({ days, simulated, took: seconds(), failed, totals }));
else {
  const speed = simulated / seconds();
  console.error(
    `${days} days, ${Math.round(simulated)} s simulated in ${seconds().toFixed(1)} s of one processor: ${Math.round(speed)} × real time`,
  );
  console.log(JSON.stringify(totals));
}
process.exit(failed === 0 ? 0 : 1);
