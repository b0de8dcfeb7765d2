export { Accounts, accountMigrations, demand, type Principal, type Role, rolesOf } from './accounts.js';
export { secretFile } from './token-file.js';
