export type { Given } from './commander.js';
export { ForStaff } from './for-staff.js';
export { Outcomes } from './outcomes.js';
export { ReasonForm } from './reason-form.js';
export { useCommander } from './use-commander.js';
