import { Button, Group, Stack, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { PasswordChange, type SignedInDevice, SignedInDevices } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import { Form, useFields } from '../forms/index.js';
import { ask, cookieSession } from '../http/index.js';
import { roleText, useAccount, useSession } from '../session/index.js';
import { Narrow, Note, PageTitle, Panel, Refusal, Soft } from '../shell/index.js';
import { locale, words } from '../words/index.js';
import { PasswordField } from './credential-fields.js';
import { OwnModels } from './own-models.js';
import SignInPage from './sign-in-page.js';

/** What is one's own: the password, and where one is signed in. */
export default function AccountPage() {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  if (token !== cookieSession) return <SignInPage />;
  if (account === undefined) return <Note title={words.common.oneMoment} />;
  return (
    <Narrow>
      <PageTitle aside={roleText(account.role)}>{account.alias ?? words.accounts.yourAccount}</PageTitle>
      <Stack>
        <OwnModels />
        <Devices />
        <Password />
      </Stack>
    </Narrow>
  );
}

const devicesKey = ['account', 'devices'];

function Devices() {
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const { data } = useQuery({
    queryKey: devicesKey,
    queryFn: async ({ signal }) => {
      const answer = await ask('/api/v1/account/devices', { token: cookieSession, signal });
      return parse(SignedInDevices, await answer.json(), 'The devices').devices;
    },
  });
  const end = (id: string) => {
    setRefusal(null);
    ask(`/api/v1/account/devices/${id}`, { method: 'DELETE', token: cookieSession }).then(
      () => queries.invalidateQueries({ queryKey: devicesKey }),
      ({ message }: Error) => setRefusal(message),
    );
  };
  return (
    <Panel title={words.accounts.devices}>
      {(data ?? []).map((device) => (
        <Group key={device.id} justify="space-between">
          <Text>
            {deviceName(device)}
            <Soft>
              {words.accounts.signedInSince(
                new Intl.DateTimeFormat(locale, { dateStyle: 'medium', timeStyle: 'short' }).format(device.since),
              )}
            </Soft>
          </Text>
          {device.isThis ? (
            <Soft>{words.accounts.thisDevice}</Soft>
          ) : (
            <Button variant="default" size="xs" onClick={() => end(device.id)}>
              {words.accounts.signOutDevice}
            </Button>
          )}
        </Group>
      ))}
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}

/** System and browser, as far as a browser says: `Mozilla/5.0 (X11; Linux x86_64) … Chrome/1.2.3 …`. */
function deviceName({ userAgent }: SignedInDevice): string {
  const system = /\((?:X11; )?([^;)]+)/.exec(userAgent ?? '')?.[1];
  const browser = /(Firefox|Edg|OPR|Chrome|Safari)\//.exec(userAgent ?? '')?.[1];
  const known = [system, browser].filter((part) => part !== undefined);
  return known.length === 0 ? words.accounts.unknownDevice : known.join(' · ');
}

function Password() {
  const queries = useQueryClient();
  const { field, send, reset } = useFields(
    PasswordChange,
    { old: '', new: '' },
    { old: words.accounts.passwordMissing, new: words.accounts.passwordHint },
  );
  const [said, setSaid] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const change = (body: z.output<typeof PasswordChange>) => {
    setSaid(null);
    setRefusal(null);
    ask('/api/v1/account/password', { method: 'PUT', token: cookieSession, body }).then(
      () => {
        reset();
        setSaid(words.accounts.passwordChanged);
        void queries.invalidateQueries({ queryKey: devicesKey });
      },
      ({ message }: Error) => setRefusal(message),
    );
  };
  return (
    <Panel title={words.accounts.changePassword}>
      <Form saysItself label={words.accounts.changePassword} onSubmit={send(change)}>
        <PasswordField label={words.accounts.oldPassword} {...field('old')} />
        <PasswordField isNew label={words.accounts.newPassword} {...field('new')} />
        <Refusal>{refusal}</Refusal>
        {said === null ? null : <Text role="status">{said}</Text>}
        <Button type="submit" style={{ alignSelf: 'start' }}>
          {words.accounts.changePassword}
        </Button>
      </Form>
    </Panel>
  );
}
