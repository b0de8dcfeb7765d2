export { copyDatabase, type Engine, engineOf, putDatabase } from './database-copy.js';
export { isDiskFull } from './disk-full.js';
export { withTables } from './other-tables.js';
export type { SqliteConnection } from './sqlite-dialect.js';
export { type Answer, SqliteFile } from './sqlite-file.js';
export { type Migrations, openStore, type Store } from './store.js';
