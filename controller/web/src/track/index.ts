export { TrackMap } from './track-map.js';
export { useTrack } from './use-track.js';
