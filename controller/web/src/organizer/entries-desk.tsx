import { Button, Group, Text, Textarea } from '@mantine/core';
import type { RacerId } from '@pitwall/protocol';
import type { Entry, RaceCommand, RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { Country, FieldGroup, Form, TextField } from '../forms/index.js';
import { ReasonForm } from '../marshal/index.js';
import { Panel, Refusal, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { type AskedEntry, type EntryDraft, emptyEntry, entryDraft, readEntry } from './entry-draft.js';

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
    <Button variant="default" size="xs" onClick={onClick}>
      {label}
    </Button>
  );
  return (
    <Panel title={words.common.entries} aside={`${state.entries.length}`}>
      <Rows ordered data-testid="entries">
        {state.entries.map((entry) => (
          <li key={entry.racer}>
            <Text component="span" flex={1} miw="7rem">
              <b>{entry.alias}</b>
              <Soft>{factsOf(entry)}</Soft>
            </Text>
            {isOpen ? (
              <>
                {queued.has(entry.racer)
                  ? button(words.organizer.unqueue, () => give({ type: 'unqueue', racer: entry.racer }))
                  : button(words.common.queue, () => give({ type: 'queue', racer: entry.racer }))}
                {button(words.organizer.change, () => setEdited(entry))}
                {button(words.organizer.withdraw, () => setLeaving(entry.racer))}
              </>
            ) : null}
            {leaving === entry.racer ? (
              <ReasonForm
                title={words.organizer.withdrawAlias(entry.alias)}
                submit={words.organizer.withdrawTheEntry}
                usual={[words.organizer.doesNotRace, words.organizer.carIsBroken]}
                onCancel={() => setLeaving(null)}
                onReason={(reason) => {
                  setLeaving(null);
                  give({ type: 'withdraw-entry', racer: entry.racer, reason });
                }}
              />
            ) : null}
          </li>
        ))}
      </Rows>
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
  [racer, country, division, car === null ? undefined : words.common.carCar(car), ...models.map(({ name }) => name)]
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
  const send = () => {
    const read = readEntry(draft);
    setWrong(read.wrong ?? []);
    if (read.entry !== null) onEntry(read.entry);
  };
  return (
    <Form label={words.organizer.entry} onSubmit={send}>
      <FieldGroup title={edited === null ? words.organizer.newEntry : words.organizer.changeAlias(edited.alias)}>
        <TextField
          label={words.organizer.alias}
          value={draft.alias}
          maxLength={64}
          onValue={(alias) => set({ alias })}
        />
        {edited === null ? (
          <TextField
            label={words.organizer.racersId}
            value={draft.racer}
            maxLength={63}
            placeholder={words.organizer.aNewOne}
            hint={words.organizer.asOnTheRacersCard}
            onValue={(racer) => set({ racer })}
          />
        ) : null}
        <Country none="–" value={draft.country} onValue={(country) => set({ country })} />
        <TextField
          label={words.common.division}
          value={draft.division}
          maxLength={40}
          onValue={(division) => set({ division })}
        />
        <TextField
          label={words.common.car}
          value={draft.car}
          maxLength={63}
          placeholder={words.organizer.any}
          onValue={(car) => set({ car })}
        />
        <Textarea
          label={words.organizer.modelsOneALineHash}
          rows={2}
          spellCheck={false}
          value={draft.models}
          onChange={({ currentTarget }) => set({ models: currentTarget.value })}
        />
      </FieldGroup>
      <Refusal>{wrong}</Refusal>
      <Group gap="xs">
        <Button type="submit" disabled={draft.alias.trim() === ''}>
          {edited === null ? words.organizer.enterTheRacer : words.organizer.saveTheEntry}
        </Button>
        {edited === null ? null : (
          <Button variant="default" size="xs" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        )}
      </Group>
    </Form>
  );
}
