export { Laps as LapsOfVersion1 } from './laps.js';
