export { Heard, SoundBar } from './sound-bar.js';
