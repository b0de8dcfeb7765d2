export { SeasonLinks } from './season-links.js';
export { useSeasons } from './use-seasons.js';
