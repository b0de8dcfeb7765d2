export type { Action, Decision, Observation, Policy } from './policy.js';
