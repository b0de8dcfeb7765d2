import { Button, Group, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { LoginProviderList, ProviderAddress } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useSearch } from 'wouter';
import { ask, cookieSession, get, useServiceFacts } from '../http/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { loginsKey, useLogins } from './use-logins.js';

/** Leaves for the provider, which sends the browser back. */
async function leaveFor(path: string, token: string | null, body?: object): Promise<void> {
  const answer = await ask(path, { method: 'POST', token, ...(body === undefined ? {} : { body }) });
  window.location.assign(parse(ProviderAddress, await answer.json(), 'The address').url);
}

/** A button for each provider by which one signs in. */
export function ProviderButtons() {
  const to = new URLSearchParams(useSearch()).get('to');
  const isHall = useServiceFacts()?.hall ?? true;
  const [refusal, setRefusal] = useState<string | null>(null);
  const { data } = useQuery({
    queryKey: ['providers'],
    enabled: !isHall,
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      get('/api/v1/session/providers', (value) => parse(LoginProviderList, value, 'The providers').providers, signal),
  });
  const go = (name: string) => {
    setRefusal(null);
    leaveFor(`/api/v1/session/providers/${name}`, null, { to }).catch(({ message }: Error) => setRefusal(message));
  };
  return (
    <>
      {(data ?? []).map(({ name, label }) => (
        <Button key={name} variant="default" onClick={() => go(name)}>
          {words.accounts.signInBy(label)}
        </Button>
      ))}
      <Refusal>{refusal}</Refusal>
    </>
  );
}

/** Where else who has signed in is known. */
export function OwnProviders() {
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const providers = useLogins()?.providers ?? [];
  if (providers.length === 0) return null;
  const press = (name: string, connected: boolean) => {
    setRefusal(null);
    const path = `/api/v1/account/logins/${name}`;
    const pressed = connected
      ? ask(path, { method: 'DELETE', token: cookieSession }).then(() =>
          queries.invalidateQueries({ queryKey: loginsKey }),
        )
      : leaveFor(path, cookieSession);
    pressed.catch(({ message }: Error) => setRefusal(message));
  };
  return (
    <Panel title={words.accounts.elsewhere}>
      {providers.map(({ name, label, connected }) => (
        <Group key={name} justify="space-between">
          <Text component="div">
            {label}
            <Soft>{connected ? words.accounts.connected : words.accounts.notConnected}</Soft>
          </Text>
          <Button variant="default" size="xs" onClick={() => press(name, connected)}>
            {connected ? words.accounts.disconnect(label) : words.accounts.connect(label)}
          </Button>
        </Group>
      ))}
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}
