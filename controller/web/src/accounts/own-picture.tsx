import { Button, FileButton, Group } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type Account, RacerProfile } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, cookieSession, get } from '../http/index.js';
import { Avatar } from '../racers/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../words/index.js';

/** What is shown beside one's name: a picture of one's own, or what is drawn of the name. */
export function OwnPicture({ account }: { readonly account: Account }) {
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const queryKey = ['racer', account.name];
  const { data } = useQuery({
    queryKey,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/racers/${encodeURIComponent(account.name)}/profile`,
        (value) => parse(RacerProfile, value, 'The racer'),
        signal,
      ),
  });
  const change = (method: 'PUT' | 'DELETE', file?: File) => {
    setBusy(true);
    setRefusal(null);
    ask('/api/v1/account/picture', { method, token: cookieSession, ...(file === undefined ? {} : { body: file }) })
      .then(
        () => queries.invalidateQueries({ queryKey }),
        ({ message }: Error) => setRefusal(message),
      )
      .finally(() => setBusy(false));
  };
  if (data === undefined) return null;
  return (
    <Panel title={words.racers.yourPicture}>
      <Group>
        <Avatar {...data} size="5rem" />
        <FileButton accept="image/png,image/jpeg,image/webp" onChange={(file) => file && change('PUT', file)}>
          {(props) => (
            <Button variant="default" disabled={busy} {...props}>
              {words.racers.sendPicture}
            </Button>
          )}
        </FileButton>
        {data.picture === undefined ? null : (
          <Button variant="default" disabled={busy} onClick={() => change('DELETE')}>
            {words.racers.removePicture}
          </Button>
        )}
      </Group>
      <Refusal>{refusal}</Refusal>
      <Soft>{words.racers.pictureHint}</Soft>
    </Panel>
  );
}
