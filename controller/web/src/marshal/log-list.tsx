import type { LogRecord, RaceCommand, RaceState } from '@pitwall/protocol/race';
import { forms } from '../forms/index.js';
import { Panel } from '../shell/index.js';
import { mayUndo } from './undo.js';
import { inWords } from './words.js';

const clockTime = new Intl.DateTimeFormat(undefined, { timeStyle: 'medium' });

interface LogProps {
  readonly records: readonly LogRecord[];
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

/** The latest of the race's log, newest first: who did what, and a way back. */
export function LogList({ records, state, give }: LogProps) {
  const undone = new Set(state.undone);
  return (
    <Panel title="Log" aside={`${records.length} records`}>
      <ul className={forms.rows} data-testid="log">
        {records
          .slice(-12)
          .reverse()
          .map((record) => (
            <li key={record.seq} data-rank={undone.has(record.seq) ? 'void' : 'counts'}>
              <span className={forms.soft}>{record.seq}</span>
              <b className={forms.grow}>{inWords(record, state)}</b>
              <span className={forms.soft}>
                {record.who} {clockTime.format(record.epoch)}
              </span>
              {mayUndo(state, record) ? (
                <button
                  type="button"
                  className={forms.small}
                  onClick={() => give({ type: 'undo', target: record.seq })}
                >
                  Undo
                </button>
              ) : null}
            </li>
          ))}
      </ul>
    </Panel>
  );
}
