export { pictureFacts } from './picture-facts.js';
export { portraitOf } from './portrait.js';
