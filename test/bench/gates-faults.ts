import { killedController } from './gates.js';
import type { Report } from './report.js';

/** Nothing lost, nothing twice, with 200 kills of the controller. */
export async function run(report: Report): Promise<void> {
  await killedController(report, 200);
}
