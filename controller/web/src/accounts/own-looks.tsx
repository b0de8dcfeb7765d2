import { Button, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type Account, type RacerLooks, RacerProfile } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Colours, Country, Form } from '../forms/index.js';
import { ask, cookieSession, get } from '../http/index.js';
import { Panel, Refusal } from '../shell/index.js';
import { words } from '../words/index.js';

/** Country and colour, which may change; the alias stays. */
export function OwnLooks({ account }: { readonly account: Account }) {
  const { data } = useQuery({
    queryKey: ['racer', account.name],
    queryFn: ({ signal }) =>
      get(
        `/api/v1/racers/${encodeURIComponent(account.name)}/profile`,
        (value) => parse(RacerProfile, value, 'The racer'),
        signal,
      ),
  });
  return data === undefined ? null : <LooksForm profile={data} />;
}

function LooksForm({ profile }: { readonly profile: RacerProfile }) {
  const queries = useQueryClient();
  const [country, setCountry] = useState(profile.country ?? '');
  const [colour, setColour] = useState(profile.colour as RacerLooks['colour'] | undefined);
  const [said, setSaid] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const save = () => {
    setSaid(null);
    setRefusal(null);
    const body = { country: country === '' ? null : country, colour: colour ?? null };
    ask('/api/v1/account/looks', { method: 'PUT', token: cookieSession, body }).then(
      () => {
        setSaid(words.accounts.looksSaved);
        void queries.invalidateQueries({ queryKey: ['racer', profile.racer] });
      },
      ({ message }: Error) => setRefusal(message),
    );
  };
  return (
    <Panel title={words.accounts.looks}>
      <Form saysItself label={words.accounts.looks} onSubmit={save}>
        <Country value={country} none={words.accounts.noCountry} onValue={setCountry} />
        <Colours value={colour ?? undefined} onValue={setColour} />
        <Refusal>{refusal}</Refusal>
        {said === null ? null : <Text role="status">{said}</Text>}
        <Button type="submit" style={{ alignSelf: 'start' }}>
          {words.accounts.saveLooks}
        </Button>
      </Form>
    </Panel>
  );
}
