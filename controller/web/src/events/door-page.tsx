import { Button, Text } from '@mantine/core';
import { isPitwallError, parse } from '@pitwall/protocol';
import { EventDoor, type JoinEvent, MinorList, WalkedIn } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { words } from '../event-words/index.js';
import { Form } from '../forms/index.js';
import { ask } from '../http/index.js';
import { RequireRole, TokenForm } from '../session/index.js';
import { Note, PageTitle, Panel, Refusal, Rows, Soft, Split } from '../shell/index.js';
import { useJoiner } from './joiner-fields.js';
import { QrPanel } from './qr.js';
import { eventPath, useEvent } from './use-events.js';

/** Where racers come in: QR and PIN for phones, and a form for those who have none. For the event's people. */
export default function DoorPage({ event }: { readonly event: string }) {
  return (
    <RequireRole
      needs="marshal"
      form={(why) => (
        <TokenForm key={why} title={words.events.door} submit={words.common.goOn} needs="marshal" why={why}>
          {words.events.organizersOnly}
        </TokenForm>
      )}
    >
      {(token) => <Door token={token} event={event} />}
    </RequireRole>
  );
}

function Door({ token, event }: { readonly token: string; readonly event: string }) {
  const { data: view, error } = useEvent(event);
  const queries = useQueryClient();
  const path = eventPath(event);
  const doorKey = ['event-door', token, event];
  const door = useQuery({
    queryKey: doorKey,
    retry: (count, why) => count < 2 && !isPitwallError(why),
    queryFn: async ({ signal }) =>
      parse(EventDoor, await (await ask(`${path}/door`, { token, signal })).json(), 'The entrance'),
  });
  if (view === undefined || door.data === undefined) {
    const why = error ?? door.error;
    return why === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.events.noSuchEvent}>{why.message}</Note>
    );
  }
  const { pin, url } = door.data;
  const anew = async () => {
    const answer = await ask(`${path}/door/pin`, { method: 'POST', token });
    queries.setQueryData(doorKey, parse(EventDoor, await answer.json(), 'The entrance'));
  };
  return (
    <>
      <PageTitle small={` · ${words.events.door}`}>{view.setup.name}</PageTitle>
      <Split>
        <div>
          {view.setup.joining === 'closed' ? null : (
            <QrPanel
              title={words.events.joinHere}
              origin={url}
              path={`/events/${event}/join${pin === null ? '' : `#${pin}`}`}
            />
          )}
          {pin === null ? null : (
            <Panel title={words.events.pinIs}>
              <Text fz="3rem" lh={1} fw={800} ff="monospace" data-testid="pin">
                {pin}
              </Text>
              <Button variant="default" size="xs" style={{ alignSelf: 'start' }} onClick={() => void anew()}>
                {words.events.newPin}
              </Button>
            </Panel>
          )}
        </div>
        <div>
          <WalkIns token={token} event={event} url={url} />
          <Minors token={token} event={event} />
        </div>
      </Split>
    </>
  );
}

interface WalkInsProps {
  readonly token: string;
  readonly event: string;
  /** Where phones in the hall reach this controller. */
  readonly url: string | null;
}

function WalkIns({ token, event, url }: WalkInsProps) {
  const queries = useQueryClient();
  const { fields, send, reset } = useJoiner({ needsPin: false, asksColour: false });
  const [entered, setEntered] = useState<WalkedIn | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const enter = async (body: JoinEvent) => {
    setBusy(true);
    setRefusal(null);
    try {
      const answer = await ask(`${eventPath(event)}/walk-ins`, { method: 'POST', token, body });
      setEntered(parse(WalkedIn, await answer.json(), 'The entry'));
      reset();
      void queries.invalidateQueries({ queryKey: ['event-minors'] });
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  return (
    <>
      <Panel title={words.events.walkIn}>
        <Form saysItself label={words.events.walkIn} onSubmit={send((joiner) => void enter(joiner))}>
          {fields}
          <Refusal>{refusal}</Refusal>
          <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
            {words.events.enterThem}
          </Button>
        </Form>
      </Panel>
      {entered === null ? null : (
        <div role="status">
          <QrPanel title={words.events.cardOf(entered.alias)} origin={url} path={`/claim#${entered.key}`}>
            <Soft>{entered.race === null ? words.events.noRaceYet : words.events.enteredIn(entered.race.name)}</Soft>
            <Soft>{words.events.cardSays}</Soft>
          </QrPanel>
        </div>
      )}
    </>
  );
}

function Minors({ token, event }: { readonly token: string; readonly event: string }) {
  const { data } = useQuery({
    queryKey: ['event-minors', token, event],
    refetchInterval: 15_000,
    queryFn: async ({ signal }) => {
      const answer = await ask(`${eventPath(event)}/minors`, { token, signal });
      return parse(MinorList, await answer.json(), 'The list').minors;
    },
  });
  if (data === undefined || data.length === 0) return null;
  return (
    <Panel title={words.events.minors}>
      <Rows>
        {data.map(({ racer, called, guardian }) => (
          <li key={racer}>
            <b>{racer}</b> {words.events.minorSays(called, guardian)}
          </li>
        ))}
      </Rows>
    </Panel>
  );
}
