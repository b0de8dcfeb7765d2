import { Button, Text } from '@mantine/core';
import { MakeBackup } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Form, TextField, useFields } from '../forms/index.js';
import { ask, saveFile } from '../http/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';

/** One file of everything, for administrators. */
export function Backup({ token }: { readonly token: string }) {
  const { field, send, reset } = useFields(
    MakeBackup,
    { passphrase: '' },
    { passphrase: words.accounts.passphraseWrong },
  );
  const [said, setSaid] = useState<string | null>(null);
  const [refusal, setRefusal] = useState<string | null>(null);
  const make = async (body: MakeBackup) => {
    setRefusal(null);
    setSaid(words.accounts.backupUnderWay);
    try {
      const answer = await ask('/api/v1/backup', { method: 'POST', token, body });
      saveFile(await answer.blob(), 'pitwall-backup.tar');
      setSaid(words.accounts.backupSaved);
      reset();
    } catch (error) {
      setSaid(null);
      setRefusal((error as Error).message);
    }
  };
  return (
    <Panel title={words.accounts.backup}>
      <Soft>{words.accounts.backupSays}</Soft>
      <Form saysItself label={words.accounts.backup} onSubmit={send((body) => void make(body))}>
        <TextField
          label={words.accounts.passphrase}
          type="password"
          autoComplete="new-password"
          required
          withAsterisk={false}
          {...field('passphrase')}
        />
        <Refusal>{refusal}</Refusal>
        <Button type="submit" style={{ alignSelf: 'start' }}>
          {words.accounts.makeBackup}
        </Button>
      </Form>
      <Text role="status">{said}</Text>
    </Panel>
  );
}
