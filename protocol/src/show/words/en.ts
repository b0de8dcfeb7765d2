import { lapTime } from '../../ranking/index.js';
import type { MomentWords } from './words.js';

const laps = (count: number) => (count === 1 ? '1 lap' : `${count} laps`);

export const words: MomentWords = {
  called: ({ alias }) => `${alias} is called to the track.`,
  started: ({ alias }) => `${alias} is on the way.`,
  next: ({ alias }) => `Next: ${alias}.`,
  lap: ({ alias, lap, time, first, best, by }) => {
    const said = `${alias}, lap ${lap}: ${lapTime(time)}`;
    if (best === 'track') return `${said}. A record of the track, by ${lapTime(by ?? 0)}!`;
    if (best === 'race') return `${said}. The fastest lap of the race, by ${lapTime(by ?? 0)}.`;
    if (best === 'own') return `${said}. Own best, by ${lapTime(by ?? 0)}.`;
    return first ? `${said}. The first lap.` : `${said}.`;
  },
  'doubtful-lap': ({ alias, lap }) => `Lap ${lap} of ${alias} is being looked at.`,
  'invalid-lap': ({ alias, lap }) => `Lap ${lap} of ${alias} does not count.`,
  sector: ({ alias, sector, time }) => `${alias}: the fastest in sector ${sector}, ${lapTime(time)}.`,
  place: ({ alias, place, score }) =>
    place === 1 ? `${alias} takes the lead with ${lapTime(score)}.` : `${alias} moves up to place ${place}.`,
  gap: ({ alias, ahead, gap }) => `${alias} is ${lapTime(gap)} seconds behind ${ahead}.`,
  reset: ({ alias }) => `${alias} is put back on the track.`,
  'off-track': ({ alias }) => `${alias} is off the track.`,
  stands: ({ alias, by }) => (by === 'red-flag' ? `Red flag: ${alias} stands.` : `The run of ${alias} is paused.`),
  'goes-on': ({ alias }) => `${alias} goes on.`,
  'time-left': ({ alias, seconds }) => `${seconds} seconds left for ${alias}.`,
  finished: ({ alias, laps: count, bestLap, place }) =>
    bestLap === null
      ? `${alias} has finished, without a lap that counts.`
      : `${alias} has finished: ${laps(count)}, the best ${lapTime(bestLap)}${place === null ? '' : `, place ${place} for now`}.`,
  confirmed: ({ alias, score, place, of }) =>
    score === null || place === null
      ? `${alias} has no result.`
      : `Result of ${alias}: ${lapTime(score)}, place ${place} of ${of}.`,
  won: ({ alias, score }) => `The race is official: ${alias} wins with ${lapTime(score)}.`,
};
