import { Box, Button, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type JoinEvent, JoinedEvent, type RaceEventView } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { words } from '../event-words/index.js';
import { ChoiceField, Form } from '../forms/index.js';
import { ask, cookieSession, useServiceFacts } from '../http/index.js';
import { useAccount, useSession } from '../session/index.js';
import { Note, PageTitle, Refusal, Soft } from '../shell/index.js';
import { useJoiner } from './joiner-fields.js';
import { eventPath, useEvent } from './use-events.js';

/** From a QR to a race: alias, country, colour, in. */
export default function JoinPage({ event }: { readonly event: string }) {
  const { data, error } = useEvent(event);
  const facts = useServiceFacts();
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const [joined, setJoined] = useState<JoinedEvent | null>(null);
  if (data === undefined || facts === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.events.noSuchEvent}>{error.message}</Note>
    );
  if (joined !== null) return <In event={event} joined={joined} />;
  const isKnown = token === cookieSession && account !== undefined;
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.events.joinTitle(data.setup.name)}</PageTitle>
      {isKnown ? (
        <KnownForm view={data} alias={account.alias ?? account.name} isHall={facts.hall} onJoined={setJoined} />
      ) : (
        <NewForm view={data} isHall={facts.hall} onJoined={setJoined} />
      )}
    </Box>
  );
}

interface JoinFormProps {
  readonly view: RaceEventView;
  readonly isHall: boolean;
  readonly onJoined: (joined: JoinedEvent) => void;
}

/** Which race, and what became of it. */
function useJoining({ view, onJoined }: Pick<JoinFormProps, 'view' | 'onJoined'>) {
  const { token, signIn } = useSession();
  const queries = useQueryClient();
  const [race, setRace] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const races = view.races.filter(
    ({ kind, phase }) =>
      (kind === 'track' && (phase === 'draft' || phase === 'open')) || (kind === 'online' && phase !== 'closed'),
  );
  const join = async (asked: Partial<JoinEvent>) => {
    if (busy) return;
    setBusy(true);
    setRefusal(null);
    try {
      const body = { ...asked, ...(race === '' ? {} : { race }) };
      const answer = await ask(`${eventPath(view.event)}/join`, {
        method: 'POST',
        token: token === cookieSession ? token : null,
        body,
      });
      const joined = parse(JoinedEvent, await answer.json(), 'The entry');
      signIn(cookieSession);
      void queries.invalidateQueries();
      onJoined(joined);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  const choice =
    races.length < 2 ? null : (
      <ChoiceField
        label={words.events.race}
        value={race === '' ? (races[0]?.race ?? '') : race}
        options={races.map((one) => [one.race as string, `${one.name} · ${words.events.raceKinds[one.kind]}`] as const)}
        onValue={setRace}
      />
    );
  return { busy, choice, join: (asked: Partial<JoinEvent>) => void join(asked), refusal };
}

function NewForm({ view, isHall, onJoined }: JoinFormProps) {
  const { alias, fields, send } = useJoiner({ needsPin: isHall, asksColour: true });
  const { busy, choice, join, refusal } = useJoining({ view, onJoined });
  return (
    <Form saysItself label={words.events.join} onSubmit={send(join)}>
      {fields}
      {choice}
      <Refusal>{refusal}</Refusal>
      <Soft>{words.events.becomesPublic}</Soft>
      <Button type="submit" size="lg" disabled={busy}>
        {alias.trim() === '' ? words.events.join : words.events.joinAs(alias.trim())}
      </Button>
    </Form>
  );
}

function KnownForm({ view, alias, onJoined }: JoinFormProps & { readonly alias: string }) {
  const { busy, choice, join, refusal } = useJoining({ view, onJoined });
  const [pin] = useState(() => window.location.hash.slice(1));
  return (
    <Form label={words.events.join} onSubmit={() => join(/^\d{6}$/.test(pin) ? { pin } : {})}>
      {choice}
      <Refusal>{refusal}</Refusal>
      <Soft>{words.events.becomesPublic}</Soft>
      <Button type="submit" size="lg" disabled={busy}>
        {words.events.joinAs(alias)}
      </Button>
    </Form>
  );
}

function In({ event, joined: { alias, race } }: { readonly event: string; readonly joined: JoinedEvent }) {
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.events.youAreIn(alias)}</PageTitle>
      <Text fz="1.2rem" mb="sm" role="status">
        {race === null ? words.events.noRaceYet : words.events.enteredIn(race.name)}
      </Text>
      {race === null ? null : (
        <Button component={Link} href={race.kind === 'online' ? `/online/${race.race}` : `/races/${race.race}`} mr="sm">
          {words.events.toTheRace}
        </Button>
      )}
      <Button component={Link} variant="default" href={`/events/${event}`}>
        {words.events.toTheEvent}
      </Button>
      <Box mt="sm">
        <Soft>{words.events.keptHere}</Soft>
      </Box>
    </Box>
  );
}
