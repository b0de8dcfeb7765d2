export { BoardPanel } from './board-panel.js';
export { useBoards } from './use-boards.js';
