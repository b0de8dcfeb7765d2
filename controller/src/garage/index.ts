export { ModelCheck } from './check.js';
export { keepChecked, type ModelDoor } from './door.js';
export { Models } from './models.js';
export { Releases } from './releases.js';
export { garageMigrations } from './tables.js';
