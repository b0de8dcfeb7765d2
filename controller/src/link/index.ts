export { Holder } from './holder.js';
export { Identities, type IdentityName } from './identities.js';
