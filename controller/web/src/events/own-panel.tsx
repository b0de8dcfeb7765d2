import { Button, Group } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { RaceEventView } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useLocation } from 'wouter';
import { words } from '../event-words/index.js';
import { Form, TextField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { momentOf, wallTime } from '../times/index.js';
import { eventKey, eventPath, ownZone } from './use-events.js';

type Open = 'shift' | 'again' | 'remove' | null;

/** What an event's organizer does with it besides changing it. */
export default function OwnPanel({ view }: { readonly view: RaceEventView }) {
  const { token } = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [open, setOpen] = useState<Open>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const path = eventPath(view.event);
  const act = async (doing: () => Promise<void>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await doing();
      setOpen(null);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  const send = async (way: string, body: object) => {
    const answer = await ask(`${path}${way}`, { method: 'POST', token, body });
    return parse(RaceEventView, await answer.json(), 'The event');
  };
  const shift = (from: number, byMinutes: number) =>
    act(async () => {
      const moved = await send('/shift', { seen: view.version, from, byMinutes });
      queries.setQueryData(eventKey(token, view.event), moved);
    });
  const again = (name: string, startsAt: number, commandId: string) =>
    act(async () => go(`/events/${(await send('/clone', { commandId, name, startsAt })).event}`));
  const remove = () =>
    act(async () => {
      await ask(path, { method: 'DELETE', token });
      await queries.invalidateQueries({ queryKey: ['events'] });
      go('/events');
    });
  const button = (what: NonNullable<Open>, label: string) => (
    <Button
      variant="default"
      size="xs"
      aria-expanded={open === what}
      onClick={() => setOpen(open === what ? null : what)}
    >
      {label}
    </Button>
  );
  return (
    <Panel title={words.common.setup}>
      <Group gap="xs">
        {button('shift', words.events.shift)}
        {button('again', words.events.again)}
        {button('remove', words.events.remove)}
      </Group>
      {open === 'shift' ? <ShiftForm view={view} busy={busy} onShift={(from, by) => void shift(from, by)} /> : null}
      {open === 'again' ? <AgainForm view={view} busy={busy} onAgain={(...asked) => void again(...asked)} /> : null}
      {open === 'remove' ? (
        <>
          <Soft>{words.events.removeHint}</Soft>
          <Button color="stop" disabled={busy} onClick={() => void remove()} style={{ alignSelf: 'start' }}>
            {words.events.remove}
          </Button>
        </>
      ) : null}
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}

const submit = (label: string, busy: boolean) => (
  <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
    {label}
  </Button>
);

function ShiftForm({
  view,
  busy,
  onShift,
}: {
  readonly view: RaceEventView;
  readonly busy: boolean;
  readonly onShift: (from: number, byMinutes: number) => void;
}) {
  const [from, setFrom] = useState(() => wallTime(Math.max(view.now, view.setup.startsAt), ownZone));
  const [minutes, setMinutes] = useState('15');
  const [wrong, setWrong] = useState(false);
  const by = Number(minutes.replace('\u2212', '-'));
  const moment = momentOf(from, ownZone);
  const isRight = Number.isInteger(by) && by !== 0;
  return (
    <Form
      saysItself
      label={words.events.shift}
      onSubmit={() => {
        setWrong(!isRight || moment === null);
        if (isRight && moment !== null) onShift(moment, by);
      }}
    >
      <TextField
        label={words.events.shiftFrom}
        type="datetime-local"
        value={from}
        error={wrong && moment === null ? words.events.dateWrong : undefined}
        onValue={setFrom}
      />
      <TextField
        label={words.events.shiftBy}
        hint={words.events.shiftHint}
        value={minutes}
        error={wrong && !isRight ? words.events.shiftWrong : undefined}
        onValue={setMinutes}
      />
      {submit(words.events.shiftIt, busy)}
    </Form>
  );
}

function AgainForm({
  view,
  busy,
  onAgain,
}: {
  readonly view: RaceEventView;
  readonly busy: boolean;
  readonly onAgain: (name: string, startsAt: number, commandId: string) => void;
}) {
  const week = 7 * 24 * 3_600_000;
  const [commandId] = useState(() => newId());
  const [name, setName] = useState(view.setup.name);
  const [start, setStart] = useState(() => wallTime(view.setup.startsAt + week, ownZone));
  const [wrong, setWrong] = useState(false);
  const moment = momentOf(start, ownZone);
  const called = name.trim();
  return (
    <Form
      saysItself
      label={words.events.again}
      onSubmit={() => {
        setWrong(called === '' || moment === null);
        if (called !== '' && moment !== null) onAgain(called, moment, commandId);
      }}
    >
      <TextField
        label={words.events.name}
        value={name}
        maxLength={100}
        error={wrong && called === '' ? words.events.nameWrong : undefined}
        onValue={setName}
      />
      <TextField
        label={words.events.startsAt}
        hint={words.events.cloneHint}
        type="datetime-local"
        value={start}
        error={wrong && moment === null ? words.events.dateWrong : undefined}
        onValue={setStart}
      />
      {submit(words.events.cloneIt, busy)}
    </Form>
  );
}
