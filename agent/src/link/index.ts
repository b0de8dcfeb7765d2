export { Link, type LinkParts, type LinkSettings } from './link.js';
