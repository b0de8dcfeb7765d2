export { isGone, NoRace } from './race-page.js';
export { Status } from './status.js';
export { statusView } from './status-words.js';
export {
  type ReceivedRace,
  racePath,
  read,
  useLiveRace,
  useOnlineRace,
  useRaceStandings,
  useSubmissions,
} from './use-online.js';
