import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { loadModel } from '@pitwall/agent/model';
import { course, trainingCourses, unseenCourses } from './courses.js';
import { driveLaps, summary } from './laps.js';
import { type Conditions, liveCar, lockStep } from './ride.js';

// Prints how a model drives every track of the repository: `node dist/report.js [ARCHIVE] [--checkpoint N] [--laps N]`.
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { checkpoint: { type: 'string' }, laps: { type: 'string', default: '20' } },
});
const [path = fileURLToPath(new URL('../../sample.tar.gz', import.meta.url))] = positionals;
const { policy } = await loadModel(path, {
  ...(values.checkpoint === undefined ? {} : { checkpoint: Number(values.checkpoint) }),
});
/** Two frames late at 15 frames a second: the worst that a live car should meet. */
const late: Conditions = { ...lockStep, delayS: [0.067, 0.133] };
const looks = [0, 9001, 9002, 9003, 9004];

console.log('| track | conditions | laps completed | mean lap | mean speed | a wheel off the road |');
console.log('|---|---|---|---|---|---|');
for (const name of [...trainingCourses, ...unseenCourses]) {
  for (const track of [course(name), course(name).reversed()]) {
    const way = track.direction === course(name).direction ? name : `${name}, reversed`;
    for (const [label, conditions] of Object.entries({ 'lock-step': lockStep, live: liveCar, late })) {
      const result = summary(
        await driveLaps(policy, track, { laps: Number(values.laps), seed: 20, looks, conditions }),
      );
      const speed = track.lengthM / result.meanSeconds;
      const cells = [
        way,
        label,
        `${result.completed} of ${result.laps}`,
        `${result.meanSeconds.toFixed(2)} s`,
        `${speed.toFixed(2)} m/s`,
        `${(100 * result.wheelOffShare).toFixed(1)}%`,
      ];
      console.log(`| ${cells.join(' | ')} |`);
    }
  }
}
await policy.close();
