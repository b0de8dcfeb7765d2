import type { Micros } from '@pitwall/protocol';
import type { Lap, LogRecord, RaceCommand, RaceState, RunCrossing, RunState, Stamp } from '@pitwall/protocol/race';
import { useState } from 'react';
import { forms } from '../forms/index.js';
import { useLiveClient } from '../live/index.js';
import { type LapRow, lapRows, SectorTimes } from '../race/index.js';
import { Panel } from '../shell/index.js';
import { lapTime, plusMinus } from '../times/index.js';
import { crossingClock, lapsAreShorter } from './crossing-choice.js';
import styles from './marshal.module.css';
import { ReasonForm } from './reason-form.js';

interface DeskProps {
  readonly run: RunState;
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

/** The run's laps, each to be edited; never its time, which follows from the crossings. */
export function LapDesk({ run, state, give, onSplit }: DeskProps & { readonly onSplit: (crossing: number) => void }) {
  const [editing, setEditing] = useState<number | null>(null);
  const rows = lapRows(run, state);
  return (
    <Panel title="Laps">
      {rows.length === 0 ? <p className={forms.soft}>No lap yet.</p> : null}
      <ul className={`${forms.rows} ${styles.laps}`}>
        {rows.map((row) => (
          <li key={row.lap} data-rank={row.rank}>
            <span className={forms.soft}>{row.lap}</span>
            <b>{row.time === null ? '—' : lapTime(row.time)}</b>
            <span className={`${forms.grow} ${forms.soft}`}>
              {row.time === null ? '' : plusMinus(row.uncertainty)} {row.notes.join(', ')}
              <SectorTimes sectors={row.sectors} />
            </span>
            {mayHaveBeenMissed(run.laps[row.lap - 1]) && row.crossing !== null ? (
              <button type="button" className={forms.small} onClick={() => onSplit(row.crossing as number)}>
                Split …
              </button>
            ) : null}
            {row.crossing === null ? null : (
              <button type="button" className={forms.small} onClick={() => setEditing(row.lap)}>
                Edit
              </button>
            )}
            {editing === row.lap && row.crossing !== null ? (
              <LapEditor
                row={row}
                lap={run.laps[row.lap - 1]}
                onCancel={() => setEditing(null)}
                onEdit={(edit) => {
                  setEditing(null);
                  give({ type: 'edit-lap', runId: run.runId, crossing: row.crossing as number, ...edit });
                }}
              />
            ) : null}
          </li>
        ))}
      </ul>
    </Panel>
  );
}

const mayHaveBeenMissed = (lap: Lap | undefined): boolean =>
  lap?.marks.includes('missed-crossing') === true && lap.part === null;

const second = 1_000_000;
const addable: ReadonlySet<RunState['phase']> = new Set(['running', 'paused', 'over']);

/** A crossing that no gate saw, some seconds ago: known as well as the marshal says. */
function MissedCrossing({ run, give }: Pick<DeskProps, 'run' | 'give'>) {
  const client = useLiveClient();
  const [asked, setAsked] = useState<Stamp | null>(null);
  const [ago, setAgo] = useState(0);
  const [uncertainty, setUncertainty] = useState(0.5);
  if (!addable.has(run.phase)) return null;
  if (asked === null)
    return (
      <div className={forms.choices}>
        <button
          type="button"
          className={forms.small}
          onClick={() => setAsked(client.clock.at(performance.now() * 1000))}
        >
          Add a missed one …
        </button>
      </div>
    );
  return (
    <ReasonForm
      title="A crossing that the gate missed"
      submit="Add it"
      usual={['The gate missed it', 'Video shows it']}
      onCancel={() => setAsked(null)}
      onReason={(reason) => {
        setAsked(null);
        const at = { ...asked, at: Math.max(0, Math.round(asked.at - ago * second)) as Micros };
        const bound = Math.max(1, Math.round(uncertainty * second)) as Micros;
        give({ type: 'add-crossing', runId: run.runId, at, uncertainty: bound, reason });
      }}
    >
      <div className={`${forms.fields} ${styles.fields}`}>
        <label>
          Seconds before you asked
          <input
            type="number"
            min={0}
            step={0.1}
            value={ago}
            onChange={({ target }) => setAgo(Math.max(0, target.valueAsNumber || 0))}
          />
        </label>
        <label>
          ± seconds
          <input
            type="number"
            min={0.01}
            step={0.1}
            value={uncertainty}
            onChange={({ target }) => setUncertainty(Math.max(0, target.valueAsNumber || 0))}
          />
        </label>
      </div>
    </ReasonForm>
  );
}

type Edit = Pick<Extract<RaceCommand, { type: 'edit-lap' }>, 'valid' | 'resets' | 'penalty' | 'reason'>;

interface EditorProps {
  readonly row: LapRow;
  readonly lap: Lap | undefined;
  readonly onEdit: (edit: Edit) => void;
  readonly onCancel: () => void;
}

function LapEditor({ row, lap, onEdit, onCancel }: EditorProps) {
  const [valid, setValid] = useState(row.rank !== 'void');
  const [resets, setResets] = useState(lap?.resets ?? 0);
  const [penalty, setPenalty] = useState((lap?.penalty ?? 0) / 1_000_000);
  return (
    <ReasonForm
      title={`Lap ${row.lap}`}
      submit="Change the lap"
      usual={['Seen by the marshal', 'Video shows it', 'Wrong key']}
      onCancel={onCancel}
      onReason={(reason) =>
        onEdit({
          reason,
          ...(valid === (lap?.valid ?? false) ? {} : { valid }),
          ...(resets === lap?.resets ? {} : { resets }),
          ...(penalty * 1_000_000 === lap?.penalty ? {} : { penalty: Math.round(penalty * 1_000_000) as Micros }),
        })
      }
    >
      <div className={`${forms.fields} ${styles.fields}`}>
        <label className={forms.check}>
          <input type="checkbox" checked={valid} onChange={({ target }) => setValid(target.checked)} /> It counts
        </label>
        <label>
          Resets
          <input
            type="number"
            min={0}
            max={1000}
            value={resets}
            onChange={({ target }) => setResets(Math.max(0, Math.trunc(target.valueAsNumber || 0)))}
          />
        </label>
        <label>
          Penalty, s
          <input
            type="number"
            min={0}
            max={3600}
            step={0.5}
            value={penalty}
            onChange={({ target }) => setPenalty(Math.max(0, target.valueAsNumber || 0))}
          />
        </label>
      </div>
    </ReasonForm>
  );
}

const uses: Record<RunCrossing['use'], string> = {
  opens: 'opens a lap',
  closes: 'closes a lap',
  short: 'too soon to end a lap',
  early: 'a later one opened the lap',
  'leaves-the-box': 'leaves the box',
  'not-driven': 'the car was not driving',
  'jump-start': 'jump start',
  'no-boundary': 'no boundary, as decided',
  split: 'ends a sector',
  'out-of-order': 'split out of order',
  'same-passage': 'same passage',
  'before-start': 'before the start',
  'while-paused': 'while paused',
  'after-end': 'after the end',
  ignored: 'ignored',
  late: 'came after the decision',
};

/** The latest crossings and what became of them. Any can be ignored, none is ever lost. */
export function CrossingDesk({
  run,
  records,
  give,
}: Pick<DeskProps, 'run' | 'give'> & { readonly records: readonly LogRecord[] }) {
  const [ignoring, setIgnoring] = useState<number | null>(null);
  const latest = run.crossings.slice(-6).reverse();
  return (
    <Panel title="Crossings" aside={`${run.crossings.length} in this run`}>
      {latest.length === 0 ? <p className={forms.soft}>Nothing was seen yet.</p> : null}
      {lapsAreShorter(run) ? (
        <p role="status" className={styles.hint}>
          Laps are shorter than the minimum: set it, under Timing in the race’s setup.
        </p>
      ) : null}
      <ul className={forms.rows}>
        {latest.map(({ seq, at, gate, use, uncertainty }) => (
          <li key={seq} data-rank={use === 'ignored' ? 'void' : 'counts'}>
            <span className={forms.soft}>{crossingClock({ seq, at }, records)}</span>
            <b>{uses[use]}</b>
            <span className={`${forms.grow} ${forms.soft}`}>
              {gate === null ? 'by hand' : `gate ${gate}`} {plusMinus(uncertainty)}
            </span>
            {use === 'ignored' ? null : (
              <button type="button" className={forms.small} onClick={() => setIgnoring(seq)}>
                Ignore
              </button>
            )}
            {ignoring === seq ? (
              <ReasonForm
                title={`Ignore the crossing of ${crossingClock({ seq, at }, records)}`}
                submit="Ignore it"
                usual={['Not the car', 'Car was carried', 'A hand in the gate']}
                onCancel={() => setIgnoring(null)}
                onReason={(reason) => {
                  setIgnoring(null);
                  give({ type: 'ignore-crossing', crossing: seq, reason });
                }}
              />
            ) : null}
          </li>
        ))}
      </ul>
      <MissedCrossing run={run} give={give} />
    </Panel>
  );
}
