import { Box, Button, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { NewProviderLogin, ProviderSignUp } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import { Link, useLocation, useSearch } from 'wouter';
import { Country, Form, useFields } from '../forms/index.js';
import { cookieSession, get } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Note, PageTitle, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { AliasField } from './credential-fields.js';
import { keyInAddress, pageIn, useEntry } from './use-entry.js';

/** Where a provider's visitor comes back to: the account, or what a new one still has to say. */
export default function ProviderPage() {
  const { signIn } = useSession();
  const queries = useQueryClient();
  const [, go] = useLocation();
  const to = pageIn(useSearch()) ?? '/account';
  const how = keyInAddress();
  const isIn = how === 'done' || how === 'connected';
  useEffect(() => {
    if (!isIn) return;
    signIn(cookieSession);
    void queries.resetQueries();
    go(to, { replace: true });
  }, [isIn, to, signIn, queries, go]);
  if (isIn) return <Note title={words.common.oneMoment} />;
  if (how === 'new') return <NewHere />;
  return (
    <Note title={words.accounts.notSignedIn}>
      <Text>{how === 'taken' ? words.accounts.loginTaken : words.accounts.providerRefused}</Text>
      <Link href="/sign-in">{words.accounts.signIn}</Link>
    </Note>
  );
}

function NewHere() {
  const { data, error } = useQuery({
    queryKey: ['providers', 'new'],
    retry: false,
    queryFn: ({ signal }) =>
      get('/api/v1/session/providers/new', (value) => parse(NewProviderLogin, value, 'Who came back'), signal),
  });
  if (error !== null) return <Note title={words.accounts.notSignedIn}>{error.message}</Note>;
  return data === undefined ? <Note title={words.common.oneMoment} /> : <NewHereForm who={data} />;
}

const Asked = ProviderSignUp.omit({ division: true, colour: true });

function NewHereForm({ who }: { readonly who: NewProviderLogin }) {
  const { busy, refusal, enter } = useEntry();
  const { field, send } = useFields(
    Asked,
    { alias: who.alias ?? '', country: '' },
    { alias: words.accounts.aliasWrong, country: '' },
  );
  const { value: country, onValue: onCountry } = field('country');
  return (
    <Box w="100%" maw="28rem" mx="auto">
      <PageTitle>{words.accounts.signUp}</PageTitle>
      <Text mb="md">{words.accounts.newBy(who.label)}</Text>
      {who.emailTaken ? <Soft>{words.accounts.emailIsThere(who.email ?? '')}</Soft> : null}
      <Form saysItself label={words.accounts.signUp} onSubmit={send((sent) => enter('/api/v1/people/provider', sent))}>
        <AliasField {...field('alias')} />
        <Country value={country} none={words.accounts.noCountry} onValue={onCountry} />
        <Refusal>{refusal}</Refusal>
        <Button type="submit" disabled={busy} style={{ alignSelf: 'start' }}>
          {words.accounts.signUp}
        </Button>
      </Form>
    </Box>
  );
}
