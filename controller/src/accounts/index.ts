export { Accounts, accountMigrations, demand, type Principal, type Role } from './accounts.js';
