export {
  type JudgedEpisode,
  type JudgedRow,
  judgeLog,
  type PositionError,
  quantile,
  type ReplayReport,
  replay,
} from './log-replay.js';
export { type Prediction, poseOf, positionErrors, predictions } from './position-errors.js';
export { formatSimtrace, parseSimtrace, type SimtraceRow } from './simtrace.js';
export { readSimtrace } from './simtrace-file.js';
