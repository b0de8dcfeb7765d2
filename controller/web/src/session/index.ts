export { roleText, useAccount } from './account.js';
export { AccountMenu } from './account-menu.js';
export { RequireRole } from './require-role.js';
export { keepInvitation, signInTo, useCredentials, useSession } from './session.js';
export { TokenForm } from './token-form.js';
