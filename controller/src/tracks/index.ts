export { trackMigrations } from './tables.js';
export { type RaceTrack, Tracks, uploadLimits } from './tracks.js';
