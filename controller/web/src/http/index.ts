export { get, refusal } from './get.js';
