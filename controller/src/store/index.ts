export { type Migrations, openStore, type Store } from './store.js';
