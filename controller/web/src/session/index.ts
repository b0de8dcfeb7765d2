export { useAccount } from './account.js';
export { RequireRole } from './require-role.js';
export { keepInvitation, useCredentials, useSession } from './session.js';
export { TokenForm } from './token-form.js';
