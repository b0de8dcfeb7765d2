export { addressKey, Budget, Budgets } from './budget.js';
export { type Allowance, limits } from './limits.js';
export { remembered } from './remembered.js';
