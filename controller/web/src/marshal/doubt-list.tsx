import type { LogRecord, OpenDoubt, RunState, Worth } from '@pitwall/protocol/race';
import { forms } from '../forms/index.js';
import { doubtWords } from '../race/index.js';
import { Panel } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { keys } from './actions.js';
import { crossingClock, type DoubtfulLap, doubtfulLaps } from './crossing-choice.js';
import styles from './marshal.module.css';

/** What may be said of a lap in doubt. */
export type Verdict = 'counts' | 'counts-not' | 'other-reading';

export interface DoubtListProps {
  readonly run: RunState;
  readonly records: readonly LogRecord[];
  /** Those that change the result of a run that is over. */
  readonly doubts: readonly OpenDoubt[];
  /** The crossing that closes the lap that the keys are about; null: none. */
  readonly chosen: number | null;
  /** The keys are about this lap while one of its buttons has the focus. */
  readonly onChoose: (crossing: number | null) => void;
  readonly onVerdict: (verdict: Verdict, crossing: number) => void;
}

/** The laps in doubt of a run, each to be decided. */
export function DoubtDesk(props: DoubtListProps) {
  const count = doubtfulLaps(props.run).length;
  if (props.run.kind === 'practice') return null;
  return (
    <Panel title="Laps in doubt" aside={count === 0 ? 'none' : 'they do not count until somebody says so'}>
      <DoubtList {...props} />
    </Panel>
  );
}

export function DoubtList({ run, records, doubts, chosen, onChoose, onVerdict }: DoubtListProps) {
  return (
    <ul className={forms.rows} data-testid="doubts">
      {doubtfulLaps(run).map((lap) => (
        <li
          key={lap.crossing}
          data-chosen={lap.crossing === chosen}
          className={styles.doubt}
          onFocus={() => onChoose(lap.crossing)}
          onBlur={() => onChoose(null)}
        >
          <span className={forms.soft}>{lap.lap}</span>
          <b>{lapTime(lap.time)}</b>
          <span className={`${forms.grow} ${forms.soft}`}>
            {clockOf(lap, run, records)} {doubtWords[lap.doubt]}
            <Worths doubt={doubts.find(({ crossing }) => crossing === lap.crossing)} />
          </span>
          <span className={styles.verdicts}>
            {verdicts.map(([verdict, label]) => (
              <button
                key={verdict}
                type="button"
                className={forms.small}
                aria-label={`${label}: lap ${lap.lap}`}
                aria-keyshortcuts={keys[verdict].toUpperCase()}
                onClick={() => onVerdict(verdict, lap.crossing)}
              >
                {label} <kbd>{keys[verdict].toUpperCase()}</kbd>
              </button>
            ))}
          </span>
        </li>
      ))}
    </ul>
  );
}

const verdicts: readonly (readonly [Verdict, string])[] = [
  ['counts', 'Counts'],
  ['counts-not', 'Does not'],
  ['other-reading', 'Other reading'],
];

function clockOf({ crossing }: DoubtfulLap, { crossings }: RunState, records: readonly LogRecord[]): string {
  const row = crossings.find(({ seq }) => seq === crossing);
  return row === undefined ? '' : `${crossingClock(row, records)}:`;
}

/** A score and the place that it would take. */
export const worthWords = ({ score, place }: Worth): string =>
  score === null ? 'no score' : `${lapTime(score)}${place === null ? '' : `, place ${place}`}`;

function Worths({ doubt }: { readonly doubt: OpenDoubt | undefined }) {
  if (doubt === undefined) return null;
  const { without, counted, other } = doubt;
  return (
    <span className={styles.worths}>
      <span>without it {worthWords(without)}</span>
      <span>if it counts {worthWords(counted)}</span>
      {other === null ? null : <span>by the other reading {worthWords(other)}</span>}
    </span>
  );
}
