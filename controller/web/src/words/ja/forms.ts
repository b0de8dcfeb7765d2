import type { Words } from '../words.js';

export const forms: Words['forms'] = {
  stopAllCars: '全車停止',
  everyCarThatWasEver: 'これまでに通信したすべての車',
  stopItByHand: '手で止めてください',
  noWordFromTheController: 'コントローラーから応答なし。それでも送信します · ',
  stopByHand: (what) => `${what} を手で止める`,
  stopWhatByHand: (what) => `${what} を手で止めてください`,
  itStandsShowThePage: '停車を確認: ページを表示',
};
