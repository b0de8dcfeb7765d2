export { RaceMoments } from './race-moments.js';
export { RMonitorServer } from './rmonitor/server.js';
export { TrackRecords } from './track-records.js';
