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
export { readSimtrace } from './simtrace-file.js';
export { wrongTrack } from './wrong-track.js';
