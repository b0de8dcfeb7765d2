import type { Words } from '../words.js';

export const finals: Words['finals'] = {
  goesThrough: '勝ち上がり',
  toCome: '未定',
  final: '決勝',
  semiFinals: '準決勝',
  quarterFinals: '準々決勝',
  last: (racers) => `ベスト${racers}`,
};
