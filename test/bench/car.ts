import { atRestFigures } from './car/at-rest.js';
import { pictureLoss } from './car/picture-loss.js';
import { recorderFigures } from './car/recorder.js';
import { stagingFigures } from './car/staging.js';
import type { Report } from './report.js';

/** What a car's parts cost beside the driving. */
export async function run(report: Report): Promise<void> {
  await recorderFigures(report);
  await pictureLoss(report);
  await stagingFigures(report);
  await atRestFigures(report);
}
