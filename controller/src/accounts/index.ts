export { Accounts, accountMigrations, demand, type Principal, type Role, rolesOf } from './accounts.js';
export { type Change, concerns } from './changes.js';
export { Enrolment } from './enrolment.js';
export {
  mayManage,
  type NewAccount,
  People,
  type Person,
  type SignedIn,
  type Visitor,
} from './people.js';
export { type PersonRole, peopleMigrations } from './people-tables.js';
export { LoginProviders, type ProviderConfig } from './providers.js';
export { Settings } from './settings.js';
export { secretFile } from './token-file.js';
