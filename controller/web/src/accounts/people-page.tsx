import { Button, Code, Group, Stack, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { OneTimeKey, type Person, PersonList, PersonRole } from '@pitwall/protocol/api';
import { useInfiniteQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { RacerLink } from '../racers/index.js';
import { RequireRole, roleText, TokenForm, useAccount } from '../session/index.js';
import { Narrow, PageTitle, Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { Backup } from './backup.js';
import { Organizing } from './organizing.js';
import { Tokens } from './tokens.js';

/** Who has an account and who holds a token: for organizers. */
export default function PeoplePage() {
  return (
    <RequireRole
      needs="organizer"
      form={(why) => (
        <TokenForm
          key={why}
          title={words.accounts.peopleAndTokens}
          submit={words.accounts.signIn}
          needs="organizer"
          why={why}
        >
          {words.accounts.staffOnly}
        </TokenForm>
      )}
    >
      {(token) => (
        <Narrow>
          <PageTitle>{words.accounts.peopleAndTokens}</PageTitle>
          <Stack>
            <People token={token} />
            <Tokens token={token} />
            <ForAdministrators token={token} />
          </Stack>
        </Narrow>
      )}
    </RequireRole>
  );
}

function ForAdministrators({ token }: { readonly token: string }) {
  const { data } = useAccount(token);
  if (!data?.may.includes('administrator')) return null;
  return (
    <>
      <Organizing token={token} />
      <Backup token={token} />
    </>
  );
}

const peopleKey = ['people'];
const atOnce = 100;

function People({ token }: { readonly token: string }) {
  const { data, hasNextPage, fetchNextPage } = useInfiniteQuery({
    queryKey: peopleKey,
    initialPageParam: '',
    queryFn: async ({ pageParam, signal }) => {
      const answer = await ask(`/api/v1/people?limit=${atOnce}&after=${encodeURIComponent(pageParam)}`, {
        token,
        signal,
      });
      return parse(PersonList, await answer.json(), 'The people').people;
    },
    getNextPageParam: (last) => (last.length < atOnce ? undefined : last.at(-1)?.alias),
  });
  const people = data?.pages.flat();
  return (
    <Panel title={words.accounts.people}>
      {people?.length === 0 ? <Soft>{words.accounts.nobodyYet}</Soft> : null}
      {people?.map((person) => (
        <PersonRow key={person.id} person={person} token={token} />
      ))}
      {hasNextPage ? (
        <Button variant="default" onClick={() => void fetchNextPage()} style={{ alignSelf: 'start' }}>
          {words.accounts.more}
        </Button>
      ) : null}
    </Panel>
  );
}

function PersonRow({ person, token }: { readonly person: Person; readonly token: string }) {
  const queries = useQueryClient();
  const [link, setLink] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const path = `/api/v1/people/${person.id}`;
  const refused = ({ message }: Error) => setRefusal(message);
  const setRole = (role: PersonRole) => {
    setRefusal(null);
    ask(`${path}/role`, { method: 'PUT', token, body: { role } }).then(
      () => queries.invalidateQueries({ queryKey: peopleKey }),
      refused,
    );
  };
  const makeLink = () => {
    setRefusal(null);
    ask(`${path}/recovery`, { method: 'POST', token })
      .then(async (answer) => parse(OneTimeKey, await answer.json(), 'The link'))
      .then(({ key }) => setLink(`${window.location.origin}/recover#${key}`), refused);
  };
  return (
    <Stack gap="xs">
      <Group justify="space-between">
        <Text fw={600}>
          <RacerLink racer={person.racer} alias={person.alias} />
        </Text>
        <Group gap="xs">
          <ChoiceField
            aria-label={words.accounts.roleOf(person.alias)}
            value={person.role}
            options={PersonRole.options.map((role) => [role, roleText(role)] as const)}
            onValue={setRole}
          />
          <Button variant="default" size="xs" onClick={makeLink}>
            {words.accounts.makeLink}
          </Button>
        </Group>
      </Group>
      {link === null ? null : (
        <Text component="div" role="status">
          {words.accounts.linkOf(person.alias)} <Code style={{ overflowWrap: 'anywhere' }}>{link}</Code>
        </Text>
      )}
      <Refusal>{refusal}</Refusal>
    </Stack>
  );
}
