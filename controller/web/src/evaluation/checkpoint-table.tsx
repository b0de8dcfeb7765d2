import { percentText } from '@pitwall/protocol';
import type { CheckpointReport } from '@pitwall/protocol/api';
import { forms } from '../forms/index.js';
import { lapTime } from '../times/index.js';
import styles from './evaluation.module.css';

interface TableProps {
  readonly checkpoints: readonly CheckpointReport[];
  readonly shown: string;
  readonly onShow: (checkpoint: string) => void;
}

/** Each checkpoint that was tried, the chosen one first, with its laps. */
export function CheckpointTable({ checkpoints, shown, onShow }: TableProps) {
  return (
    <div className={styles.scroll}>
      <table className={styles.table} data-testid="checkpoints">
        <thead>
          <tr>
            <th>Checkpoint</th>
            <th>Progress</th>
            <th>Mean lap</th>
            <th>Best lap</th>
            <th>Laps</th>
          </tr>
        </thead>
        <tbody>
          {checkpoints.map(({ checkpoint, chosen, meanProgressPct, meanLapTime, bestLap, laps }) => (
            <tr key={checkpoint} data-chosen={chosen}>
              <td>
                <button
                  type="button"
                  className={forms.small}
                  aria-pressed={checkpoint === shown}
                  onClick={() => onShow(checkpoint)}
                >
                  {checkpoint}
                </button>
                {chosen ? <small>chosen</small> : null}
              </td>
              <td>{percentText(meanProgressPct, 1)}</td>
              <td>{meanLapTime === null ? '–' : lapTime(meanLapTime)}</td>
              <td>{bestLap === null ? '–' : lapTime(bestLap)}</td>
              <td>
                {laps.map((lap) => (
                  <span key={lap.lap} className={styles.lap} data-finished={lap.time !== null} title={lapTitle(lap)}>
                    {lap.time === null ? percentText(lap.progressPct) : lapTime(lap.time)}
                  </span>
                ))}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const times = (count: number, what: string): string => (count === 0 ? '' : `, ${count} × ${what}`);
const lapTitle = ({ lap, trial, resets, offTracks, collisions }: CheckpointReport['laps'][number]): string =>
  `lap ${lap} from start ${trial}${times(offTracks, 'off track')}${times(collisions, 'crashed')}${times(resets, 'reset')}`;
