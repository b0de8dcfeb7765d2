import { Button, Code, Group, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type HeldTokens, IssuedToken, TokenHolder, TokenList } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField, FieldGroup, Form, TextField, useFields } from '../forms/index.js';
import { ask } from '../http/index.js';
import { roleText } from '../session/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';

const tokensKey = ['tokens'];

/** Who holds tokens; a new one is shown once. */
export function Tokens({ token }: { readonly token: string }) {
  const queries = useQueryClient();
  const { field, send, reset } = useFields(
    TokenHolder,
    { role: 'car', name: '' },
    { role: '', name: words.accounts.holderWrong },
  );
  const [issued, setIssued] = useState<IssuedToken | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { data } = useQuery({
    queryKey: tokensKey,
    queryFn: async ({ signal }) => {
      const answer = await ask('/api/v1/tokens', { token, signal });
      return parse(TokenList, await answer.json(), 'The tokens').holders;
    },
  });
  const change = async (act: () => Promise<void>) => {
    setRefusal(null);
    try {
      await act();
      await queries.invalidateQueries({ queryKey: tokensKey });
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  const issue = (body: TokenHolder) =>
    change(async () => {
      const answer = await ask('/api/v1/tokens', { method: 'POST', token, body });
      setIssued(parse(IssuedToken, await answer.json(), 'The token'));
      reset();
    });
  const revoke = (holder: HeldTokens) =>
    change(async () => {
      await ask(`/api/v1/tokens/${holder.role}/${encodeURIComponent(holder.name)}`, { method: 'DELETE', token });
    });
  return (
    <Panel title={words.accounts.tokens}>
      <Soft>{words.accounts.tokensSay}</Soft>
      {data?.map((holder) => (
        <Group key={`${holder.role} ${holder.name}`} justify="space-between">
          <Text>
            {holder.name} · {roleText(holder.role)}
          </Text>
          <Button
            variant="default"
            size="xs"
            aria-label={`${words.accounts.revoke} ${holder.name}`}
            onClick={() => void revoke(holder)}
          >
            {words.accounts.revoke}
          </Button>
        </Group>
      ))}
      <Form saysItself label={words.accounts.issue} onSubmit={send((holder) => void issue(holder))}>
        <FieldGroup title={words.accounts.issue}>
          <ChoiceField
            label={words.accounts.role}
            options={TokenHolder.shape.role.options.map((one) => [one as string, roleText(one)] as const)}
            {...field('role')}
          />
          <TextField label={words.accounts.holder} required withAsterisk={false} {...field('name')} />
        </FieldGroup>
        <Refusal>{refusal}</Refusal>
        <Button type="submit" style={{ alignSelf: 'start' }}>
          {words.accounts.issue}
        </Button>
      </Form>
      {issued === null ? null : (
        <Text component="div" role="status">
          {words.accounts.tokenOf(issued.name)} <Code style={{ overflowWrap: 'anywhere' }}>{issued.token}</Code>
        </Text>
      )}
    </Panel>
  );
}
