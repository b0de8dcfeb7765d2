export { Admitted } from './admitted.js';
export { TokenForm } from './token-form.js';
export { useAccount } from './use-account.js';
export { keepInvitation, useCredentials, useToken } from './visitor.js';
