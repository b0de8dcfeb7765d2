export { ModelCheck } from './check.js';
export { keepChecked, type ModelDoor } from './door.js';
export { Models } from './models.js';
export { ModelsOfRacer } from './models-of-racer.js';
export { garageMigrations } from './tables.js';
