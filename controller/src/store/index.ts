export { isDiskFull } from './disk-full.js';
export { withTables } from './other-tables.js';
export { type Migrations, openStore, type Store } from './store.js';
