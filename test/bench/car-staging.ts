import { atRestFigures } from './car/at-rest.js';
import { stagingFigures } from './car/staging.js';
import type { Report } from './report.js';

/** What carrying the next racers' models costs the driving, and what an agent costs that waits. */
export async function run(report: Report): Promise<void> {
  await stagingFigures(report);
  await atRestFigures(report);
}
