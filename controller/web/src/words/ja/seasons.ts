import type { Words } from '../words.js';

export const seasons: Words['seasons'] = {
  countsFor: '対象シーズン',
  noSeasonToShow: '表示できるシーズンがありません。',
  races: (count) => `${count}レース`,
  bestCount: (count) => `上位${count}戦が有効`,
  ofWhichARacers: (more) => `、選手ごとに${more}`,
  theSeasonCannotBeRead: '今はシーズンを読み込めません。最後に読めた内容です。',
  nobodyHasPointsYet: 'まだポイントがありません。',
  points: 'ポイント',
  inBracketsDoesNotCount: ' カッコ内は無効（より良いレースがあります）。',
  byPlace: (points, more) => `順位ポイント: ${points}。${more}`,
  onTheTrack: '実コース',
  virtual: 'バーチャル',
  bothKinds: '両方',
  placePlace: (place) => `${place}位`,
};
