import { Button, Group, Modal } from '@mantine/core';
import type { Account, DeleteAccount } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Form } from '../forms/index.js';
import { ask, cookieSession } from '../http/index.js';
import { WhatGoes } from '../racers/index.js';
import { useSession } from '../session/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import { PasswordField } from './credential-fields.js';
import { passkeysWorkHere, showPasskey } from './passkey.js';
import { useLogins } from './use-logins.js';

/** Everything that is kept of who has signed in: as a file, and gone. */
export function OwnData({ account }: { readonly account: Account }) {
  const [asking, setAsking] = useState(false);
  return (
    <Panel title={words.accounts.yourData}>
      <Soft>{words.accounts.yourDataSays}</Soft>
      <Group>
        <Button component="a" href="/api/v1/account/export" download variant="default">
          {words.accounts.saveData}
        </Button>
        <Button variant="default" onClick={() => setAsking(true)}>
          {words.accounts.deleteAccount}
        </Button>
      </Group>
      {asking ? <AskToDelete account={account} onCancel={() => setAsking(false)} /> : null}
    </Panel>
  );
}

interface AskToDeleteProps {
  readonly account: Account;
  readonly onCancel: () => void;
}

/** Says what goes and what stays, and wants to see once more who asks. */
function AskToDelete({ account, onCancel }: AskToDeleteProps) {
  const { signOut } = useSession();
  const queries = useQueryClient();
  const logins = useLogins();
  const [password, setPassword] = useState('');
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const remove = async (proof: () => Promise<DeleteAccount>) => {
    setBusy(true);
    setRefusal(null);
    try {
      await ask('/api/v1/account', { method: 'DELETE', token: cookieSession, body: await proof() });
      signOut(words.accounts.accountDeleted);
      void queries.resetQueries();
    } catch (error) {
      setRefusal((error as Error).message);
      setBusy(false);
    }
  };
  const byPassword = async () => (logins?.password ? { password } : {});
  return (
    <Modal
      opened
      onClose={onCancel}
      title={words.accounts.deleteQuestion(account.alias ?? account.name)}
      withCloseButton={false}
    >
      <Form onSubmit={() => void remove(byPassword)}>
        <WhatGoes racer={account.name} />
        {logins?.password ? <PasswordField value={password} onValue={setPassword} /> : null}
        <Refusal>{refusal}</Refusal>
        <Group gap="xs">
          <Button type="submit" color="alarm" disabled={busy || logins === undefined}>
            {words.accounts.deleteForGood}
          </Button>
          {(logins?.passkeys.length ?? 0) > 0 && passkeysWorkHere() ? (
            <Button
              color="alarm"
              variant="outline"
              disabled={busy}
              onClick={() => void remove(async () => ({ passkey: await showPasskey() }))}
            >
              {words.accounts.deleteByPasskey}
            </Button>
          ) : null}
          <Button variant="default" onClick={onCancel}>
            {words.common.cancel}
          </Button>
        </Group>
      </Form>
    </Modal>
  );
}
