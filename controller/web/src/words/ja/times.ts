import type { Words } from '../words.js';

export const times: Words['times'] = {
  daysAndHours: (days, hours) => `${days}日${hours}時間`,
  hoursAndMinutes: (hours, minutes) => `${hours}時間${minutes}分`,
  aboutNow: 'まもなく',
  aboutMin: (minutes) => `約${minutes}分`,
  bestLap: 'ベストラップ',
  averageOf: (laps) => `連続${laps}周の平均`,
  totalOf: (laps) => `${laps}周の合計`,
};
