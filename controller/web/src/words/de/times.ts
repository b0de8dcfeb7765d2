import type { Words } from '../words.js';

export const times: Words['times'] = {
  daysAndHours: (days, hours) => `${days} d ${hours} h`,
  hoursAndMinutes: (hours, minutes) => `${hours} h ${minutes} min`,
  aboutNow: 'etwa jetzt',
  aboutMin: (minutes) => `etwa ${minutes} min`,
  bestLap: 'beste Runde',
  averageOf: (laps) => `Mittel aus ${laps} Runden am Stück`,
  totalOf: (laps) => `Summe aus ${laps} Runden`,
};
