import type { Filling } from '../filling.js';
import type { Words } from '../words.js';

export const session: Words['session'] = {
  thisIsTheTokenOf: (name, role, role2) => `${name}（${role}）のトークンです。ここには${role2}のトークンが必要です。`,
  thisTokenIsNotKnown: 'このトークンは登録されていないか、取り消されました。全部コピーされているか確認してください。',
  itIsAskedAgainUntil: '確認できるまで問い合わせを続けます。',
  theControllerDoesNotAnswer: 'コントローラーが応答せず、トークンを確認できませんでした。',
  token: 'トークン',
  youAreSignedInAs: (alias: Filling, role: Filling, needed: Filling) =>
    `${alias}(${role})としてサインインしています。このページには役割「${needed}」が必要です。主催者が付けられます。`,
  youAreNotSignedInAnyMore: 'サインインが切れました。もう一度サインインしてください。',
  signInWithYourAccount: 'アカウントでサインイン',
  signIn: 'サインイン',
  signOut: 'サインアウト',
  yourAccount: 'あなたのアカウント',
  peopleAndTokens: '人とトークン',
  youAreStillSignedIn: 'コントローラーが応答しません。まだサインインしたままです。',
  roles: {
    car: '車',
    gate: 'ゲート',
    crew: 'ピットクルー',
    marshal: 'マーシャル',
    organizer: '主催者',
    racer: '選手',
    source: '送信元',
    standby: '待機機',
    administrator: '管理者',
  },
};
