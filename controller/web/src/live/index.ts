export type { Link } from './live-client.js';
export { LiveProvider, useCar, useLink, useLiveClient, useRace, useStorageTrouble } from './live-context.js';
export type { RaceView } from './race-feed.js';
