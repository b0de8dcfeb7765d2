import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { metricsOf, parseSimtrace, type TrialMetrics } from './index.js';

const data = new URL('../../../../shared/data/', import.meta.url);
const present = existsSync(data);
if (!present) {
  if (process.env.CI === 'true') throw new Error('The real metrics are missing: ../shared/data must be there in CI.');
  console.log('skipped: the real simulator metrics in ../shared/data are not here');
}
const names = present ? readdirSync(new URL('metrics/', data)).map((file) => file.replace('.json', '')) : [];

describe.skipIf(!present).each(names)('the metrics of the real evaluation %s', (name) => {
  it('are those that its log gives', () => {
    const logged = JSON.parse(readFileSync(new URL(`metrics/${name}.json`, data), 'utf8')) as {
      metrics: TrialMetrics[];
    };
    const { metrics } = metricsOf(
      parseSimtrace(readFileSync(new URL(`simtrace/${name}.csv`, data), 'utf8'), name).rows,
    );
    expect(metrics).toHaveLength(logged.metrics.length);
    const times = ['metric_time', 'start_time', 'elapsed_time_in_milliseconds'] as const;
    metrics.forEach((ours, i) => {
      const theirs = logged.metrics[i] as TrialMetrics;
      for (const time of times) expect(Math.abs(ours[time] - theirs[time])).toBeLessThanOrEqual(67);
      const rest = (metric: TrialMetrics) => ({
        ...metric,
        metric_time: 0,
        start_time: 0,
        elapsed_time_in_milliseconds: 0,
      });
      expect(rest(ours)).toEqual(rest(theirs));
    });
  });
});
