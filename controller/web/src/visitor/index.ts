export { TokenForm } from './token-form.js';
export { keepInvitation, useCredentials, useToken } from './visitor.js';
