import type { Metric } from '@pitwall/protocol/ranking';
import { words } from '../words/index.js';

/** By what a race is ranked. */
export function metricText(metric: Metric): string {
  if (metric.by === 'best-lap') return words.times.bestLap;
  return metric.by === 'average' ? words.times.averageOf(metric.laps) : words.times.totalOf(metric.laps);
}
