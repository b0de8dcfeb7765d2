import { Button, Group, Text } from '@mantine/core';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, cookieSession } from '../http/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { locale, words } from '../words/index.js';
import { deviceName } from './device-name.js';
import { makePasskey, passkeysWorkHere } from './passkey.js';
import { loginsKey, useLogins } from './use-logins.js';

const path = '/api/v1/account/passkeys';

/** The passkeys of who has signed in. */
export function Passkeys() {
  const queries = useQueryClient();
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const passkeys = useLogins()?.passkeys ?? [];
  const change = (changing: () => Promise<unknown>) => {
    setBusy(true);
    setRefusal(null);
    changing()
      .then(
        () => queries.invalidateQueries({ queryKey: loginsKey }),
        ({ message }: Error) => setRefusal(message),
      )
      .finally(() => setBusy(false));
  };
  const add = async () => {
    const passkey = await makePasskey(`${path}/options`, cookieSession);
    const body = { name: deviceName(navigator.userAgent), passkey };
    await ask(path, { method: 'POST', token: cookieSession, body });
  };
  const remove = async (id: string) => await ask(`${path}/${id}`, { method: 'DELETE', token: cookieSession });
  const day = new Intl.DateTimeFormat(locale, { dateStyle: 'medium' });
  return (
    <Panel title={words.accounts.passkeys}>
      <Soft>{words.accounts.passkeysSay}</Soft>
      {passkeys.map(({ id, name, host, since, usedAt }) => (
        <Group key={id} justify="space-between" wrap="nowrap">
          <Text style={{ minWidth: 0, overflowWrap: 'anywhere' }}>
            {name}
            <Soft>
              {usedAt === null
                ? words.accounts.passkeySince(host, day.format(since))
                : words.accounts.passkeyUsed(host, day.format(since), day.format(usedAt))}
            </Soft>
          </Text>
          <Button
            variant="default"
            size="xs"
            disabled={busy}
            aria-label={words.accounts.removePasskey(name)}
            onClick={() => change(() => remove(id))}
          >
            {words.accounts.remove}
          </Button>
        </Group>
      ))}
      <Refusal>{refusal}</Refusal>
      {passkeysWorkHere() ? (
        <Button variant="default" disabled={busy} onClick={() => change(add)} style={{ alignSelf: 'start' }}>
          {words.accounts.addPasskey}
        </Button>
      ) : (
        <Soft>{words.accounts.passkeysNotHere}</Soft>
      )}
    </Panel>
  );
}
