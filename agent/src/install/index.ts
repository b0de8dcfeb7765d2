export { type Facts, readFacts } from './facts.js';
export { realFiles } from './files.js';
export { homeOf, shipped } from './home.js';
export { Installer } from './installer.js';
export { planInstall } from './plan.js';
export { reload, systemOf } from './running-system.js';
export { planText } from './table.js';
