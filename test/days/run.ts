import { parseArgs } from 'node:util';
import { MutatedCopy, mutants } from './mutants.js';
import { planOf, Simulator, shrink } from './simulate.js';

const usage = `Usage: npm run days -- [--seed N] [--days COUNT] [--minutes EACH] [--print] [--until] [--no-shrink] [--json]
       npm run days -- --mutants [NAME …]
--print     what happened, line by line          --until      ends with the first day on which something did not hold
--no-shrink does not look for the shortest day   --mutants    puts each known defect back, and looks for it in 200 days`;

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    seed: { type: 'string', default: '1' },
    days: { type: 'string', default: '1' },
    minutes: { type: 'string', default: '20' },
    print: { type: 'boolean', default: false },
    json: { type: 'boolean', default: false },
    'no-shrink': { type: 'boolean', default: false },
    until: { type: 'boolean', default: false },
    mutants: { type: 'boolean', default: false },
    help: { type: 'boolean', default: false },
  },
});
const [seed, days, minutes] = [values.seed, values.days, values.minutes].map(Number) as [number, number, number];
if (values.help || ![seed, days, minutes].every((value) => Number.isInteger(value) && value > 0)) {
  console.error(usage);
  process.exit(2);
}
process.exit(values.mutants ? findMutants() : await runDays());

function findMutants(): number {
  const unknown = positionals.filter((name) => !mutants.includes(name));
  if (unknown.length > 0) {
    console.error(`There is no mutant ${unknown.join(', ')}. There are: ${mutants.join(', ')}`);
    return 2;
  }
  const copy = new MutatedCopy();
  let missed = 0;
  for (const name of positionals.length > 0 ? positionals : mutants) {
    const { days: needed, finding } = copy.find(name, { seed });
    if (needed === undefined) missed += 1;
    console.log(`${name}: ${needed === undefined ? 'NOT FOUND in 200 days' : `found on day ${needed}: ${finding}`}`);
  }
  copy.end();
  return missed === 0 ? 0 : 1;
}

async function runDays(): Promise<number> {
  const simulator = await Simulator.install();
  const totals: Record<string, number> = {};
  let simulated = 0;
  let failed = 0;
  for (let day = 0; day < days && !(values.until && failed > 0); day += 1) {
    const plan = planOf(seed + day, minutes);
    const outcome = await simulator.day(plan);
    simulated += outcome.at / 1e6;
    for (const [name, count] of Object.entries({ ...outcome.counts, events: outcome.events }))
      totals[name] = (totals[name] ?? 0) + count;
    if (values.print) for (const line of outcome.lines) console.log(line);
    const verdict = outcome.finding === undefined ? 'all held' : `FOUND ${outcome.finding}`;
    console.log(`day ${plan.seed}: ${outcome.digest}, ${Math.round(outcome.at / 1e6)} s: ${verdict}`);
    if (outcome.finding === undefined) continue;
    failed += 1;
    if (values['no-shrink']) continue;
    const { plan: shortest, outcome: shown } = await shrink(simulator, plan, outcome);
    console.log(`  also with ${shortest.happenings.length} of its ${plan.happenings.length} happenings:`);
    for (const line of shown.lines.slice(-40)) console.log(`  ${line}`);
    for (const happening of shortest.happenings) console.log(`  ${JSON.stringify(happening)}`);
    console.log(`  ${shown.finding}`);
  }
  // Of this process alone: others have the machine's other time. Not among what is the same again.
  const { user, system } = process.cpuUsage();
  const took = (user + system) / 1e6;
  if (values.json) console.log(JSON.stringify({ days, simulated, took, failed, totals }));
  else {
    for (const [name, count] of Object.entries(totals)) console.log(`${name}: ${count}`);
    const speed = Math.round(simulated / took);
    console.error(
      `${Math.round(simulated)} s simulated in ${took.toFixed(1)} s of one processor: ${speed} × real time`,
    );
  }
  return failed === 0 ? 0 : 1;
}
