import type { Words } from '../words.js';

export const shell: Words['shell'] = {
  connecting: '接続中',
  live: 'ライブ',
  offline: 'オフライン',
  noConnectionToTheRace: (seconds) =>
    `${seconds} 秒間レースと通信できません。ラップと順位はその時点のものです。復旧すると自動で追いつきます。`,
  theControllerCannotWriteTo: (trouble) =>
    `コントローラーがディスクに書き込めません（${trouble}）。通過は保持され、復旧まで何も確定しません。`,
  online: 'オンライン',
  toThePage: '本文へ',
  pages: 'ページ',
  lightColours: '明るい配色',
  darkColours: '暗い配色',
  help: 'ヘルプ',
  languageOfThePages: '言語',
  boards: 'ランキング',
  marshal: '運営',
  setup: '設定',
  events: 'イベント',
};
