import { Group } from '@mantine/core';
import { StopAnswers, StopByHand, StopDone, StopSent } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import { answersOf } from './stop-all.js';
import type { StopOfAll } from './use-stop-all.js';

interface SheetProps {
  readonly shown: StopOfAll;
  readonly onAgain: () => void;
  readonly onDismiss: () => void;
}

/** What became of a stop of all cars: who is missing, in the largest type, and what each one answered. */
export function StopAllSheet({ shown: { stop, doubt }, onAgain, onDismiss }: SheetProps) {
  const again = (
    <button type="button" onClick={onAgain}>
      {words.garage.stopAllAgain}
    </button>
  );
  if (doubt !== null && stop === null)
    return (
      <StopByHand what={words.garage.allCarsTitle} why={[doubt]} onDismiss={onDismiss}>
        {again}
      </StopByHand>
    );
  if (stop === null) return <StopSent>{words.garage.stopForAllCars}</StopSent>;
  const answers = answersOf(stop);
  const missing = answers.filter(({ isMissing }) => isMissing);
  const list = (
    <StopAnswers>
      {answers.map(({ car, said: { text, tone }, isMissing }) => (
        <li
          key={car}
          data-missing={isMissing}
          style={isMissing ? { fontSize: '2.2rem', fontWeight: 850 } : {}}
          data-tone={tone}
        >
          <b>{car}</b> {text}
        </li>
      ))}
    </StopAnswers>
  );
  // A moment after the key nobody has answered yet.
  if (missing.length > 0 && missing.every(({ said: { tone } }) => tone === 'warn') && doubt === null)
    return <StopSent>{words.garage.stopForAllCarsOf(answers.length - missing.length, answers.length)}</StopSent>;
  if (missing.length > 0)
    return (
      <StopByHand what={missing.map(({ car }) => car).join(', ')} why={[]} onDismiss={onDismiss} list={list}>
        {again}
      </StopByHand>
    );
  return (
    <StopDone title={answers.length === 0 ? words.garage.noCarIsKnown : words.common.allCarsStand}>
      <span>
        {words.garage.stoppedEachStaysStoppedUntil(
          stop.by,
          stop.paused.length === 0 ? '' : words.garage.pausedPaused(stop.paused.join(', ')),
        )}
      </span>
      {list}
      <Group>
        {again}
        <button type="button" onClick={onDismiss}>
          {words.garage.showThePage}
        </button>
      </Group>
    </StopDone>
  );
}
