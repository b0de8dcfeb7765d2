export { AcrossLinks } from './across-links.js';
export { RacerLink } from './racer-link.js';
