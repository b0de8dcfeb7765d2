export { AcrossLinks } from './across-links.js';
export { Avatar } from './avatar.js';
export { WhatGoes } from './delete-racer.js';
export { RacerLink } from './racer-link.js';
