import type { RacerId } from '@pitwall/protocol';
import type { RaceCommand, RaceState, RunState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { forms } from '../forms/index.js';
import { aliasOf } from '../race/index.js';
import { Panel } from '../shell/index.js';

interface QueueProps {
  readonly state: RaceState;
  readonly run: RunState | undefined;
  readonly give: (command: RaceCommand) => void;
  readonly newId: () => string;
}

/** Who is next, and who may be. */
export function QueueDesk({ state, run, give, newId }: QueueProps) {
  const waiting = new Set(state.queue.map(({ racer }) => racer));
  const others = state.entries.filter(({ racer }) => !waiting.has(racer));
  const [wanted, setWanted] = useState('');
  const open = state.phase === 'open';
  const chosen = others.find(({ racer }) => racer === wanted)?.racer ?? others[0]?.racer;
  const button = (label: string, command: RaceCommand) => (
    <button type="button" className={forms.small} onClick={() => give(command)}>
      {label}
    </button>
  );
  return (
    <Panel title="Queue" aside={`${state.queue.length} waiting`}>
      <ol className={forms.rows}>
        {state.queue.map(({ racer }, index) => (
          <li key={racer}>
            <span className={forms.soft}>{index + 1}</span>
            <b className={forms.grow}>{aliasOf(state, racer)}</b>
            {open && run === undefined ? button('Call', { type: 'call', runId: newId(), racer }) : null}
            {index > 0 ? button('Up', { type: 'move', racer, place: index }) : null}
            {index + 1 < state.queue.length ? button('Skip', { type: 'skip', racer }) : null}
            {button('Remove', { type: 'unqueue', racer })}
          </li>
        ))}
      </ol>
      {!open || chosen === undefined ? null : (
        <div className={forms.choices}>
          <label className={forms.inline}>
            Racer
            <select value={chosen} onChange={({ target }) => setWanted(target.value as RacerId)}>
              {others.map(({ racer, alias }) => (
                <option key={racer} value={racer}>
                  {alias}
                </option>
              ))}
            </select>
          </label>
          {button('Queue', { type: 'queue', racer: chosen })}
          {run === undefined ? button('Call now', { type: 'call', runId: newId(), racer: chosen }) : null}
        </div>
      )}
      {open && !state.entriesClosed ? button('Close entries', { type: 'close-entries' }) : null}
    </Panel>
  );
}
