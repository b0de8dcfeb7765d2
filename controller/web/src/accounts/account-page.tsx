import { Button, Group, Stack, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { PasswordChange, SignedInDevices } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { z } from 'zod';
import { Form, useFields } from '../forms/index.js';
import { ask, cookieSession } from '../http/index.js';
import { roleText, useAccount, useSession } from '../session/index.js';
import { Narrow, Note, PageTitle, Panel, Refusal, Soft } from '../shell/index.js';
import { locale, words } from '../words/index.js';
import { PasswordField } from './credential-fields.js';
import { deviceName } from './device-name.js';
import { OwnData } from './own-data.js';
import { OwnLooks } from './own-looks.js';
import { OwnModels } from './own-models.js';
import { OwnPicture } from './own-picture.js';
import { Passkeys } from './passkeys-panel.js';
import { OwnProviders } from './providers.js';
import SignInPage from './sign-in-page.js';
import { useLogins } from './use-logins.js';

/** What is one's own: models, where one is signed in, passkeys and the password. */
export default function AccountPage() {
  const { token } = useSession();
  if (token !== cookieSession) return <SignInPage />;
  return <Own />;
}

function Own() {
  const { data: account } = useAccount(cookieSession);
  const logins = useLogins();
  if (account === undefined) return <Note title={words.common.oneMoment} />;
  return (
    <Narrow>
      <PageTitle aside={roleText(account.role)}>{account.alias ?? words.accounts.yourAccount}</PageTitle>
      <Stack>
        <OwnPicture account={account} />
        <OwnLooks account={account} />
        <OwnModels />
        <Devices />
        <Passkeys />
        <OwnProviders />
        {logins?.password ? <Password /> : null}
        <OwnData account={account} />
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
            {deviceName(device.userAgent)}
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
