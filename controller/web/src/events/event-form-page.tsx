import { Button, Group, Textarea } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type EventSetup, RaceEventView } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useLocation } from 'wouter';
import { useBoards } from '../boards/index.js';
import { words } from '../event-words/index.js';
import { CheckField, ChoiceField, FieldGroup, Form, TextField, useFields } from '../forms/index.js';
import { ask } from '../http/index.js';
import { RequireRole, TokenForm } from '../session/index.js';
import { Narrow, Note, PageTitle, Panel, Refusal, Soft } from '../shell/index.js';
import { type Chosen, chosenOf, EventFields, fieldsOf, newFields, setupOf } from './event-draft.js';
import { ProgramFields } from './program-fields.js';
import { StaffFields } from './staff-fields.js';
import { eventKey, eventPath, ownZone, useEvent } from './use-events.js';

/** Where an organizer makes an event, or changes one. */
export default function EventFormPage({ event }: { readonly event?: string }) {
  return (
    <RequireRole
      needs="organizer"
      form={(why) => (
        <TokenForm key={why} title={words.events.newEvent} submit={words.common.goOn} needs="organizer" why={why}>
          {words.events.organizersOnly}
        </TokenForm>
      )}
    >
      {(token) => (event === undefined ? <EventForm token={token} /> : <Changed token={token} event={event} />)}
    </RequireRole>
  );
}

function Changed({ token, event }: { readonly token: string; readonly event: string }) {
  const { data, error } = useEvent(event);
  if (data?.yours) return <EventForm token={token} view={data} />;
  return data === undefined && error === null ? (
    <Note title={words.common.oneMoment} />
  ) : (
    <Note title={words.events.noSuchEvent}>{error?.message ?? words.events.organizersOnly}</Note>
  );
}

const nothing: Chosen = { program: [], boards: [], cars: [], gates: [], staff: [] };
const wrong = {
  name: words.events.nameWrong,
  description: '',
  place: '',
  kind: '',
  access: '',
  joining: '',
  timeZone: words.events.timeZoneWrong,
  startsAt: words.events.dateWrong,
  endsAt: words.events.dateWrong,
  points: words.events.pointsWrong,
};

function EventForm({ token, view }: { readonly token: string; readonly view?: RaceEventView }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  // What was shown when the form was opened is what the change is based on.
  const [seen] = useState(view);
  const [commandId] = useState(() => newId());
  const { field, send } = useFields(
    EventFields,
    seen === undefined ? newFields(Date.now(), ownZone) : fieldsOf(seen.setup),
    wrong,
  );
  const [chosen, setChosen] = useState<Chosen>(seen === undefined ? nothing : chosenOf(seen.setup));
  const [refusal, setRefusal] = useState<string[]>([]);
  const [busy, setBusy] = useState(false);
  const change = (part: Partial<Chosen>) => setChosen({ ...chosen, ...part });
  const save = async (setup: EventSetup) => {
    setBusy(true);
    try {
      const answer =
        seen === undefined
          ? await ask('/api/v1/events', { method: 'POST', token, body: { commandId, setup } })
          : await ask(eventPath(seen.event), { method: 'PUT', token, body: { seen: seen.version, setup } });
      const saved = parse(RaceEventView, await answer.json(), 'The event');
      queries.setQueryData(eventKey(token, saved.event), saved);
      void queries.invalidateQueries({ queryKey: ['events'] });
      go(`/events/${saved.event}`);
    } catch (error) {
      setRefusal([error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer]);
    } finally {
      setBusy(false);
    }
  };
  const read = (typed: EventFields) => {
    const outcome = setupOf(typed, chosen, seen?.setup);
    if ('setup' in outcome) {
      setRefusal([]);
      void save(outcome.setup);
    } else setRefusal(outcome.wrong === 'endsAt' ? [words.events.endWrong] : outcome.wrong.map(words.events.itemWrong));
  };
  const kinds = Object.entries(words.events.kindHints) as [EventSetup['kind'], string][];
  const accesses = Object.entries(words.events.accesses) as [EventSetup['access'], string][];
  const joinings = Object.entries(words.events.joinings) as [EventSetup['joining'], string][];
  const description = field('description');
  return (
    <Narrow>
      <PageTitle>{seen === undefined ? words.events.newEvent : seen.setup.name}</PageTitle>
      <Form saysItself label={words.events.newEvent} onSubmit={send(read)}>
        <TextField label={words.events.name} maxLength={100} required withAsterisk={false} {...field('name')} />
        <FieldGroup title={words.events.whenAndWhere}>
          <TextField type="datetime-local" label={words.events.startsAt} {...field('startsAt')} />
          <TextField type="datetime-local" label={words.events.endsAt} {...field('endsAt')} />
          <TextField label={words.events.timeZone} {...field('timeZone')} />
          <TextField label={words.events.place} maxLength={200} {...field('place')} />
        </FieldGroup>
        <FieldGroup title={words.events.kind} least="19rem">
          <ChoiceField
            label={words.events.kind}
            options={kinds}
            {...field('kind')}
            value={field('kind').value as EventSetup['kind']}
          />
          <ChoiceField
            label={words.events.access}
            options={accesses}
            disabled={seen !== undefined}
            {...field('access')}
            value={field('access').value as EventSetup['access']}
          />
          <ChoiceField
            label={words.events.joining}
            options={joinings}
            {...field('joining')}
            value={field('joining').value as EventSetup['joining']}
          />
        </FieldGroup>
        <Textarea
          label={words.events.description}
          autosize
          minRows={2}
          maxLength={2000}
          value={description.value}
          onChange={({ currentTarget }) => description.onValue(currentTarget.value)}
        />
        <ProgramFields
          program={chosen.program}
          startsAt={field('startsAt').value}
          onProgram={(program) => change({ program })}
        />
        <Boards chosen={chosen.boards} onChosen={(boards) => change({ boards })} />
        <TextField label={words.events.points} hint={words.events.pointsHint} {...field('points')} />
        <StaffFields token={token} staff={chosen.staff} onStaff={(staff) => change({ staff })} />
        <Things
          title={words.events.cars}
          path="/api/v1/cars"
          kind="car"
          chosen={chosen.cars}
          onChosen={(cars) => change({ cars })}
        />
        <Things
          title={words.events.gates}
          path="/api/v1/gates"
          kind="gate"
          chosen={chosen.gates}
          onChosen={(gates) => change({ gates })}
        />
        <Refusal>{refusal}</Refusal>
        <Group gap="xs">
          <Button type="submit" disabled={busy}>
            {seen === undefined ? words.events.createIt : words.common.save}
          </Button>
          <Button variant="default" onClick={() => window.history.back()}>
            {words.common.cancel}
          </Button>
        </Group>
      </Form>
    </Narrow>
  );
}

function Boards({
  chosen,
  onChosen,
}: {
  readonly chosen: readonly string[];
  readonly onChosen: (ids: string[]) => void;
}) {
  const { data } = useBoards();
  const names = new Map(data?.map(({ id, name }) => [id as string, name]));
  for (const id of chosen) if (!names.has(id)) names.set(id, id);
  if (names.size === 0) return null;
  return (
    <Panel title={words.events.boards}>
      <Soft>{words.events.boardsHint}</Soft>
      <Choices names={names} chosen={chosen} onChosen={onChosen} />
    </Panel>
  );
}

/** Cars or gates of which the controller has heard. */
function Things({
  title,
  path,
  kind,
  chosen,
  onChosen,
}: {
  readonly title: string;
  readonly path: string;
  readonly kind: 'car' | 'gate';
  readonly chosen: readonly string[];
  readonly onChosen: (ids: string[]) => void;
}) {
  const { data } = useQuery({
    queryKey: ['event-things', kind],
    queryFn: async ({ signal }) => {
      const answer = (await (await ask(path, { token: null, signal })).json()) as Record<
        string,
        Record<string, string>[]
      >;
      return (answer[`${kind}s`] ?? []).map((one) => one[kind] ?? '');
    },
  });
  const names = new Map([...(data ?? []), ...chosen].map((id) => [id, id]));
  if (names.size === 0) return null;
  return (
    <Panel title={title}>
      <Choices names={names} chosen={chosen} onChosen={onChosen} />
    </Panel>
  );
}

const Choices = ({
  names,
  chosen,
  onChosen,
}: {
  readonly names: ReadonlyMap<string, string>;
  readonly chosen: readonly string[];
  readonly onChosen: (ids: string[]) => void;
}) => (
  <Group gap="xs 1.2rem">
    {[...names].map(([id, name]) => (
      <CheckField
        key={id}
        label={name}
        value={chosen.includes(id)}
        onValue={(isIn) => onChosen(isIn ? [...chosen, id] : chosen.filter((one) => one !== id))}
      />
    ))}
  </Group>
);
