export { LiveRaces, type LiveRacesOptions } from './live-races.js';
