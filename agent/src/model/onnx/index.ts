export { writeOnnx } from './write.js';
