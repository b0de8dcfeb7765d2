export { Admission, HoldReason, holdReasons, type Judged } from './judge.js';
export { modelFamily } from './model-family.js';
export { comparePlacings, type Placing, placingMs } from './order.js';
export { RankedList } from './ranked-list.js';
export { Metric, metricInWords, type RankingRule, type Score, type ScoredLap, scoreBy, scoreOf } from './score.js';
export { type SeasonRace, type SeasonRow, type SeasonRules, type SeasonScore, seasonStandings } from './season.js';
export { clockText, gapTime, lapTime, plusMinus } from './time-text.js';
