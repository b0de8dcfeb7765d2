import { Box, Button, Code, Group, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { JoinCode, MachineIdentity, MachineList } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField, FieldGroup, Form, TextField, useFields } from '../forms/index.js';
import { ask, saveFile } from '../http/index.js';
import { QrCode } from '../qr/index.js';
import { Panel, Refusal, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';

const machinesKey = ['machines'];
const kindOf = (role: MachineIdentity['role']): string => (role === 'car' ? words.garage.aCar : words.garage.aGate);
const pathOf = ({ role, name }: MachineIdentity): string => `/api/v1/machines/${role}/${encodeURIComponent(name)}`;

/** Which cars and gates are in, who waits, and a code for the next one. */
export function Machines({ token }: { readonly token: string }) {
  const queries = useQueryClient();
  const { field, send, reset } = useFields(
    MachineIdentity,
    { role: 'car', name: '' },
    { role: '', name: words.garage.machineIdWrong },
  );
  const [made, setMade] = useState<JoinCode | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { data } = useQuery({
    queryKey: machinesKey,
    refetchInterval: 1000,
    queryFn: async ({ signal }) => {
      const answer = await ask('/api/v1/machines', { token, signal });
      return parse(MachineList, await answer.json(), 'The machines');
    },
  });
  const change = async (act: () => Promise<void>) => {
    setRefusal(null);
    try {
      await act();
      await queries.invalidateQueries({ queryKey: machinesKey });
    } catch (error) {
      setRefusal((error as Error).message);
    }
  };
  const decide = (id: string, decision: 'let-in' | 'refuse') =>
    change(async () => {
      await ask(`/api/v1/machines/waiting/${id}`, { method: 'POST', token, body: { decision } });
      setMade(null);
    });
  const make = (body: MachineIdentity) =>
    change(async () => {
      const answer = await ask('/api/v1/machines/codes', { method: 'POST', token, body });
      setMade(parse(JoinCode, await answer.json(), 'The code'));
      reset();
    });
  const sendAway = (machine: MachineIdentity) =>
    change(async () => {
      await ask(pathOf(machine), { method: 'DELETE', token });
    });
  return (
    <Panel title={words.garage.machinesIn}>
      <Soft>{words.garage.machinesSay}</Soft>
      <Rows>
        {data?.waiting.map(({ id, role, name, key, host, address, replaces }) => (
          <li key={id}>
            <Text component="b" flex={1} miw="7rem">
              {name} · {kindOf(role)} · {words.garage.machineKey(key)}
              <Soft>
                {host} · {address}
              </Soft>
              {replaces ? <Soft>{words.garage.replacesOne}</Soft> : null}
            </Text>
            <Group gap="xs">
              <Button size="xs" aria-label={`${words.garage.letIn} ${name}`} onClick={() => void decide(id, 'let-in')}>
                {words.garage.letIn}
              </Button>
              <Button
                size="xs"
                variant="default"
                aria-label={`${words.garage.refuse} ${name}`}
                onClick={() => void decide(id, 'refuse')}
              >
                {words.garage.refuse}
              </Button>
            </Group>
          </li>
        ))}
        {data?.machines.map((machine) => (
          <li key={`${machine.role} ${machine.name}`}>
            <Text flex={1} miw="7rem">
              {machine.name} · {kindOf(machine.role)}
            </Text>
            <Button
              size="xs"
              variant="default"
              aria-label={`${words.garage.sendAway} ${machine.name}`}
              onClick={() => void sendAway(machine)}
            >
              {words.garage.sendAway}
            </Button>
          </li>
        ))}
      </Rows>
      <Form saysItself label={words.garage.letOneJoin} onSubmit={send((machine) => void make(machine))}>
        <FieldGroup title={words.garage.letOneJoin}>
          <ChoiceField
            label={words.garage.whatJoins}
            options={MachineIdentity.shape.role.options.map((role) => [role as string, kindOf(role)] as const)}
            {...field('role')}
          />
          <TextField label={words.garage.machineId} required withAsterisk={false} {...field('name')} />
        </FieldGroup>
        <Refusal>{refusal}</Refusal>
        <Button type="submit" style={{ alignSelf: 'start' }}>
          {words.garage.letOneJoin}
        </Button>
      </Form>
      {made === null ? null : <Made made={made} />}
    </Panel>
  );
}

/** A new code: to scan, to copy, or for a stick. */
function Made({ made: { role, name, link, code, expiresAt } }: { readonly made: JoinCode }) {
  const command = role === 'car' ? 'pitwall-agent join' : 'pitwall gate join';
  const until = new Date(expiresAt).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  return (
    <Box role="status">
      <Text component="div">
        <b>{name}</b> · <Code>{code}</Code> · {words.garage.goodUntil(until)}
      </Text>
      <Text component="div">
        {words.garage.onTheMachine}{' '}
        <Code style={{ overflowWrap: 'anywhere' }}>
          {command} '{link}'
        </Code>
      </Text>
      <Box maw="14rem">
        <QrCode text={link} />
      </Box>
      <Button size="xs" variant="default" onClick={() => saveFile(new Blob([`${link}\n`]), 'join.txt')}>
        {words.garage.asFile}
      </Button>
    </Box>
  );
}
