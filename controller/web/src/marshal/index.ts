export type { Given } from './commander.js';
export { Outcomes } from './outcomes.js';
export { ReasonForm } from './reason-form.js';
export { RequireMarshal } from './require-marshal.js';
export { useCommander } from './use-commander.js';
