import type { RacerId } from '@pitwall/protocol';
import type { Entry, RaceCommand, RaceState } from '@pitwall/protocol/race';
import { type FormEvent, useState } from 'react';
import { Country, forms, Group, Text, Wrong } from '../forms/index.js';
import { ReasonForm } from '../marshal/index.js';
import { Panel } from '../shell/index.js';
import { type AskedEntry, type EntryDraft, emptyEntry, entryDraft, readEntry } from './entry-draft.js';
import styles from './organizer.module.css';

interface EntriesProps {
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

/** Who races: entries come, change and go as long as the race is a draft or open. */
export function EntriesDesk({ state, give }: EntriesProps) {
  const [edited, setEdited] = useState<Entry | null>(null);
  const [leaving, setLeaving] = useState<RacerId | null>(null);
  /** So many were entered here: each time the form begins anew, and what is typed outlives what others enter. */
  const [sent, setSent] = useState(0);
  const isOpen = state.phase === 'draft' || state.phase === 'open';
  const queued = new Set(state.queue.map(({ racer }) => racer));
  const button = (label: string, onClick: () => void) => (
    <button type="button" className={forms.small} onClick={onClick}>
      {label}
    </button>
  );
  return (
    <Panel title="Entries" aside={`${state.entries.length}`}>
      <ol className={forms.rows} data-testid="entries">
        {state.entries.map((entry) => (
          <li key={entry.racer}>
            <span className={`${forms.grow} ${styles.about}`}>
              <b>{entry.alias}</b>
              <small>{factsOf(entry)}</small>
            </span>
            {isOpen ? (
              <>
                {queued.has(entry.racer)
                  ? button('Unqueue', () => give({ type: 'unqueue', racer: entry.racer }))
                  : button('Queue', () => give({ type: 'queue', racer: entry.racer }))}
                {button('Change', () => setEdited(entry))}
                {button('Withdraw …', () => setLeaving(entry.racer))}
              </>
            ) : null}
            {leaving === entry.racer ? (
              <ReasonForm
                title={`Withdraw ${entry.alias}`}
                submit="Withdraw the entry"
                usual={['Does not race', 'Car is broken']}
                onCancel={() => setLeaving(null)}
                onReason={(reason) => {
                  setLeaving(null);
                  give({ type: 'withdraw-entry', racer: entry.racer, reason });
                }}
              />
            ) : null}
          </li>
        ))}
      </ol>
      {isOpen ? (
        <EntryForm
          key={edited === null ? `new ${sent}` : JSON.stringify(edited)}
          edited={edited}
          onEntry={(entry) => {
            setEdited(null);
            setSent(sent + 1);
            const { racer } = entry;
            give(
              edited === null || racer === undefined
                ? { type: 'enter', entry }
                : { type: 'change-entry', entry: { ...entry, racer } },
            );
          }}
          onCancel={() => setEdited(null)}
        />
      ) : null}
    </Panel>
  );
}

const factsOf = ({ racer, country, division, car, models }: Entry): string =>
  [racer, country, division, car === null ? undefined : `car ${car}`, ...models.map(({ name }) => name)]
    .filter((fact) => fact !== undefined)
    .join(' · ');

interface EntryFormProps {
  readonly edited: Entry | null;
  readonly onEntry: (entry: AskedEntry) => void;
  readonly onCancel: () => void;
}

function EntryForm({ edited, onEntry, onCancel }: EntryFormProps) {
  const [draft, setDraft] = useState<EntryDraft>(() => (edited === null ? emptyEntry : entryDraft(edited)));
  const [wrong, setWrong] = useState<string[]>([]);
  const set = (change: Partial<EntryDraft>) => setDraft((last) => ({ ...last, ...change }));
  const send = (event: FormEvent) => {
    event.preventDefault();
    const read = readEntry(draft);
    setWrong(read.wrong ?? []);
    if (read.entry !== null) onEntry(read.entry);
  };
  return (
    <form className={styles.form} onSubmit={send} aria-label="Entry">
      <Group title={edited === null ? 'New entry' : `Change ${edited.alias}`}>
        <Text label="Alias" value={draft.alias} maxLength={64} onValue={(alias) => set({ alias })} />
        {edited === null ? (
          <Text
            label="Racer’s id"
            value={draft.racer}
            maxLength={63}
            placeholder="a new one"
            hint="As on the racer’s card, where there is one"
            onValue={(racer) => set({ racer })}
          />
        ) : null}
        <Country none="–" value={draft.country} onValue={(country) => set({ country })} />
        <Text label="Division" value={draft.division} maxLength={40} onValue={(division) => set({ division })} />
        <Text label="Car" value={draft.car} maxLength={63} placeholder="any" onValue={(car) => set({ car })} />
        <label className={forms.long}>
          Models: one a line, hash and name
          <textarea
            rows={2}
            spellCheck={false}
            value={draft.models}
            onChange={({ target }) => set({ models: target.value })}
          />
        </label>
      </Group>
      <Wrong lines={wrong} />
      <div className={forms.choices}>
        <button type="submit" className={forms.primary} disabled={draft.alias.trim() === ''}>
          {edited === null ? 'Enter the racer' : 'Save the entry'}
        </button>
        {edited === null ? null : (
          <button type="button" className={forms.small} onClick={onCancel}>
            Leave it
          </button>
        )}
      </div>
    </form>
  );
}
