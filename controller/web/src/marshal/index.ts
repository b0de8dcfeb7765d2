export type { Given } from './commander.js';
export { Outcomes } from './outcomes.js';
export { ReasonForm } from './reason-form.js';
export { StaffToken } from './staff-token.js';
export { useCommander } from './use-commander.js';
