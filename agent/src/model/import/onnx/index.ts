export { importOnnx } from './import.js';
export { writeOnnx } from './write.js';
