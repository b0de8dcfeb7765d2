import type { Filling } from '../filling.js';

export const times = {
  daysAndHours: (days: Filling, hours: Filling) => `${days} d ${hours} h`,
  hoursAndMinutes: (hours: Filling, minutes: Filling) => `${hours} h ${minutes} min`,
  aboutNow: 'about now',
  aboutMin: (minutes: Filling) => `about ${minutes} min`,
  bestLap: 'best lap',
  averageOf: (laps: Filling) => `average of ${laps} consecutive laps`,
  totalOf: (laps: Filling) => `total of ${laps} laps`,
};
