export { RcReceiver } from './receiver.js';
