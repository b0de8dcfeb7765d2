import type { Words } from '../words.js';

export const times: Words['times'] = {
  daysAndHours: (days, hours) => `${days} d ${hours} h`,
  hoursAndMinutes: (hours, minutes) => `${hours} h ${minutes} min`,
  aboutNow: 'casi ya',
  aboutMin: (minutes) => `unos ${minutes} min`,
  bestLap: 'mejor vuelta',
  averageOf: (laps) => `media de ${laps} vueltas seguidas`,
  totalOf: (laps) => `total de ${laps} vueltas`,
};
