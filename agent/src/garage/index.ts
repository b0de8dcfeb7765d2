export { Shelf, type ShelfParts } from './carried-models.js';
export { Garage, type GarageParts } from './garage.js';
