export type { Given } from './commander.js';
export { Outcomes } from './outcomes.js';
export { ReasonForm } from './reason-form.js';
export { useToken } from './token.js';
export { TokenForm } from './token-form.js';
export { useCommander } from './use-commander.js';
