export { ReviewLink } from './review-link.js';
