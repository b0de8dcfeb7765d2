export { SeasonLinks } from './season-links.js';
export { SeasonTable } from './season-table.js';
export { useSeasons } from './use-seasons.js';
