export { CarriedModels, type CarriedModelsParts } from './carried-models.js';
export { Garage, type GarageParts } from './garage.js';
