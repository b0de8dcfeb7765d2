import type { RaceCommand, RunState } from '@pitwall/protocol/race';
import { forms } from '../forms/index.js';
import styles from './marshal.module.css';

const percents = [30, 40, 50, 60, 70, 80, 90, 100];

interface SpeedProps {
  readonly run: RunState;
  readonly give: (command: RaceCommand) => void;
}

/** Multiplies the simulated car's speed in this run; its steering stays the model's. */
export function SpeedControl({ run, give }: SpeedProps) {
  if (run.phase === 'called') return null;
  return (
    <fieldset className={styles.speed}>
      <legend>Speed</legend>
      {percents.map((percent) => (
        <button
          key={percent}
          type="button"
          className={forms.small}
          aria-pressed={run.speed === percent}
          onClick={() => give({ type: 'speed', runId: run.runId, percent })}
        >
          {percent} %
        </button>
      ))}
    </fieldset>
  );
}
