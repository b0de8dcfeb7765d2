import { mayGo, type RunState } from '@pitwall/protocol/race';
import { carSentence, type LiveCar } from '../garage/index.js';
import { words } from '../staff-words/index.js';

/** What must not be overlooked about a run: it takes the place of the run's own words, in red. */
export interface Alarm {
  readonly word: string;
  readonly detail: string;
}

const refused: Readonly<Record<string, string>> = {
  start: words.marshal.startRefused,
  stop: words.marshal.stopRefusedStopItBy,
  'e-stop': words.marshal.stopRefusedStopItBy,
  clear: words.marshal.notCleared,
  load: words.marshal.modelNotLoaded,
};
const unanswered: Readonly<Record<string, string>> = {
  start: words.marshal.noAnswerToTheStart,
  stop: words.marshal.noAnswerToTheStop,
  'e-stop': words.marshal.noAnswerToTheStop,
};

const stands = (state: LiveCar['state']): state is NonNullable<typeof state> =>
  state?.safety === 'faulted' || (state?.safety === 'stopped' && state.reason !== 'stop');

/** The car felt a hand and stands, while its run goes on: who puts it back counts the reset and sends it off with one key. */
export const wasPickedUp = (
  run: RunState | undefined,
  { presence, state }: Pick<LiveCar, 'presence' | 'state'>,
): boolean =>
  run?.phase === 'running' && presence?.status === 'online' && stands(state) && state.reason === 'picked-up';

/** A car that did not do what it was told, until it does; and one that stands while its run goes on. */
export function alarmOf(
  run: RunState | undefined,
  { presence, state }: Pick<LiveCar, 'presence' | 'state'>,
): Alarm | null {
  if (run?.car == null) return null;
  const { carAnswer: answer, car } = run;
  if (answer !== null && answer.outcome !== 'done') {
    const phrases = answer.outcome === 'silent' ? unanswered : refused;
    const word = phrases[answer.command] ?? words.marshal.notDone(answer.command);
    return { word, detail: words.marshal.carSays(car, answer.message ?? words.marshal.itDidNotSayWhy) };
  }
  if (mayGo(run) && presence?.status === 'online' && stands(state)) {
    const about = { car, presence, state, eStop: null, rival: null };
    return { word: words.marshal.theCarStands, detail: carSentence(about, words.marshal.clearK).text };
  }
  return null;
}

/** The car crossed the line during the countdown, and nobody has decided what becomes of it. */
export function jumpStartOf(run: RunState | undefined): Alarm | null {
  if (run === undefined || (run.phase !== 'ready' && run.phase !== 'running')) return null;
  if (!run.crossings.some(({ use }) => use === 'jump-start')) return null;
  return {
    word: words.marshal.jumpStart,
    detail: words.marshal.theLineWasCrossedDuring,
  };
}
