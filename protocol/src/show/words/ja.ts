import { lapTime } from '../../ranking/index.js';
import type { MomentWords } from './words.js';

export const words: MomentWords = {
  called: ({ alias }) => `${alias}さん、コースへお越しください。`,
  started: ({ alias }) => `${alias}さん、スタートしました。`,
  next: ({ alias }) => `次は${alias}さんです。`,
  lap: ({ alias, lap, time, first, best, by }) => {
    const said = `${alias}さん、${lap}周目は${lapTime(time)}`;
    if (best === 'track') return `${said}。${lapTime(by ?? 0)}縮めてコースレコードです！`;
    if (best === 'race') return `${said}。${lapTime(by ?? 0)}縮めてこのレースの最速ラップです。`;
    if (best === 'own') return `${said}。${lapTime(by ?? 0)}縮めて自己ベストです。`;
    return first ? `${said}。最初のラップです。` : `${said}。`;
  },
  'doubtful-lap': ({ alias, lap }) => `${alias}さんの${lap}周目を確認しています。`,
  'invalid-lap': ({ alias, lap }) => `${alias}さんの${lap}周目は無効です。`,
  sector: ({ alias, sector, time }) => `${alias}さん、セクター${sector}で最速、${lapTime(time)}。`,
  place: ({ alias, place, score }) =>
    place === 1 ? `${alias}さんが${lapTime(score)}で首位に立ちました。` : `${alias}さんが${place}位に上がりました。`,
  gap: ({ alias, ahead, gap }) => `${alias}さん、${ahead}さんまで${lapTime(gap)}秒。`,
  reset: ({ alias }) => `${alias}さんの車をコースに戻します。`,
  'off-track': ({ alias }) => `${alias}さん、コースアウトです。`,
  stands: ({ alias, by }) =>
    by === 'red-flag' ? `赤旗です。${alias}さんの車は止まっています。` : `${alias}さんの走行は中断しています。`,
  'goes-on': ({ alias }) => `${alias}さん、走行を再開します。`,
  'time-left': ({ alias, seconds }) => `${alias}さん、残り${seconds}秒です。`,
  finished: ({ alias, laps, bestLap, place }) =>
    bestLap === null
      ? `${alias}さんの走行が終わりました。有効なラップはありません。`
      : `${alias}さんの走行が終わりました。${laps}周、ベストは${lapTime(bestLap)}${place === null ? '' : `、現在${place}位`}です。`,
  confirmed: ({ alias, score, place, of }) =>
    score === null || place === null
      ? `${alias}さんは記録なしです。`
      : `${alias}さんの結果は${lapTime(score)}、${of}人中${place}位です。`,
  won: ({ alias, score }) => `レース結果が確定しました。${lapTime(score)}で${alias}さんの優勝です。`,
};
