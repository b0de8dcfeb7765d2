import { carArchive } from '../online/circuit.js';
import { killEvaluators } from '../online/kills.js';
import type { Report } from './report.js';

/** Evaluators killed in mid-job: every submission ends in exactly one result or one clear failure. */
export async function run(report: Report): Promise<void> {
  const { kills, submissions, results } = await killEvaluators(50, 7, carArchive);
  const states = submissions.map(({ status }) => status);
  const unclear = states.filter((status) => status.state !== 'ranked' && !(status.state === 'failed' && status.reason));
  const ranked = states.filter(({ state }) => state === 'ranked').length;
  report({ figure: 'evaluators killed in mid-job', value: kills, unit: 'kills', bar: '50', ok: kills === 50 });
  report({
    figure: `of ${states.length} submissions, those with no result and no clear failure`,
    value: unclear.length,
    unit: 'submissions',
    bar: '0',
    ok: unclear.length === 0,
  });
  report({
    figure: 'racers who stand on the board more than once',
    value: results.length - new Set(results).size,
    unit: 'racers',
    bar: '0',
    ok: new Set(results).size === results.length && ranked > 0,
  });
}
