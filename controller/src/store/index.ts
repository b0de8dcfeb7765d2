export { isDiskFull } from './disk-full.js';
export { type Migrations, openStore, type Store } from './store.js';
