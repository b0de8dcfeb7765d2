export { WaitingLink } from './waiting-link.js';
