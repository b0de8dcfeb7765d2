export { Garage, type GarageParts } from './garage.js';
export { Shelf, type ShelfParts } from './shelf.js';
