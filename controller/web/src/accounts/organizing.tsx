import { parse } from '@pitwall/protocol';
import { Settings } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField } from '../forms/index.js';
import { ask, settingsKey, useSettings } from '../http/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';

/** Who may organize races: for administrators. */
export function Organizing({ token }: { readonly token: string }) {
  const queries = useQueryClient();
  const settings = useSettings();
  const [refusal, setRefusal] = useState<string | null>(null);
  const choose = (organizing: Settings['organizing']) => {
    setRefusal(null);
    const body = parse(Settings, { ...settings, organizing }, 'The settings');
    ask('/api/v1/settings', { method: 'PUT', token, body }).then(
      () => queries.invalidateQueries({ queryKey: settingsKey }),
      ({ message }: Error) => setRefusal(message),
    );
  };
  if (settings === undefined) return null;
  return (
    <Panel title={words.accounts.organizing}>
      <ChoiceField
        label={words.accounts.whoOrganizes}
        value={settings.organizing}
        options={[
          ['anyone', words.accounts.anyoneOrganizes],
          ['organizers', words.accounts.organizersAlone],
        ]}
        onValue={choose}
      />
      <Soft>{words.accounts.organizingSays}</Soft>
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}
