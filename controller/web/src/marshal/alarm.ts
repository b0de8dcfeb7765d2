import { mayGo, type RunState } from '@pitwall/protocol/race';
import { carSentence, type LiveCar } from '../garage/index.js';

/** What must not be overlooked about a run: it takes the place of the run's own words, in red. */
export interface Alarm {
  readonly word: string;
  readonly detail: string;
}

const refused: Readonly<Record<string, string>> = {
  start: 'Start refused',
  stop: 'Stop refused: stop it by hand',
  'e-stop': 'Stop refused: stop it by hand',
  clear: 'Not cleared',
  load: 'Model not loaded',
};
const unanswered: Readonly<Record<string, string>> = {
  start: 'No answer to the start',
  stop: 'No answer to the stop: stop it by hand',
  'e-stop': 'No answer to the stop: stop it by hand',
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
    const word = phrases[answer.command] ?? `Not done: ${answer.command}`;
    return { word, detail: `Car ${car}: ${answer.message ?? 'it did not say why.'}` };
  }
  if (mayGo(run) && presence?.status === 'online' && stands(state)) {
    const about = { car, presence, state, eStop: null, rival: null };
    return { word: 'The car stands', detail: carSentence(about, 'Clear (K)').text };
  }
  return null;
}

/** The car crossed the line during the countdown, and nobody has decided what becomes of it. */
export function jumpStartOf(run: RunState | undefined): Alarm | null {
  if (run === undefined || (run.phase !== 'ready' && run.phase !== 'running')) return null;
  if (!run.crossings.some(({ use }) => use === 'jump-start')) return null;
  return {
    word: 'Jump start',
    detail:
      'The line was crossed during the countdown. Relaunch; or J takes it for the start; or ignore it in the list.',
  };
}
