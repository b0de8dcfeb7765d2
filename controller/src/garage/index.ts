export { ModelCheck } from './check.js';
export { Models } from './models.js';
export { garageMigrations } from './tables.js';
