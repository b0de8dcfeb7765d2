export { RaceMoments } from './race-moments.js';
export { RMonitorServer } from './rmonitor/server.js';
