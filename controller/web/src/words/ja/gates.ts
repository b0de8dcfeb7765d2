import type { Words } from '../words.js';

export const gates: Words['gates'] = {
  sees: '検知可能',
  itsSensorDoesNotAnswer: 'センサーが応答しない',
  somethingStandsOnTheLine: 'ライン上に物があるか、センサーが誤反応',
  itHasNotSaidWhether: '検知可能か未報告',
  nobodyKnowsHowItIs: '状態不明',
  wasNeverHeard: '通信なし',
  lostItsLink: '通信断',
  silentForS: (count) => `${count} 秒間応答なし`,
};
