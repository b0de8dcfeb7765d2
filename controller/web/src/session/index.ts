export { RequireRole } from './require-role.js';
export { TokenForm } from './token-form.js';
export { useAccount } from './account.js';
export { keepInvitation, useCredentials, useSession } from './session.js';
