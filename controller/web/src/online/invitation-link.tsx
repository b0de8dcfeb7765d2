import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { Invitation, type OnlineRace } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ask } from '../http/index.js';
import { words } from '../online-words/index.js';
import { useCredentials } from '../session/index.js';
import { Refusal } from '../shell/index.js';
import { Confirm } from './confirm.js';
import { useAction } from './use-action.js';
import { racePath, read } from './use-online.js';

/** The link that lets racers in: to copy, and to reset. */
export function InvitationLink({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const queries = useQueryClient();
  const key = ['online', 'invitation', who.token ?? '', race.race];
  const path = `${racePath(race.race)}/invitation`;
  const { data } = useQuery({
    queryKey: key,
    queryFn: ({ signal }) => read(path, who, (value) => parse(Invitation, value, 'The invitation'), signal),
  });
  const { busy, error, run } = useAction();
  const [asked, setAsked] = useState(false);
  const [copied, setCopied] = useState(false);
  const field = useRef<HTMLInputElement>(null);
  const link = data === undefined ? '' : window.location.origin + data.link;
  const copy = async () => {
    field.current?.select();
    // Only where the page is from here or came by TLS; else the field is selected, to be copied by hand.
    await navigator.clipboard?.writeText(link).then(
      () => setCopied(true),
      () => undefined,
    );
  };
  const reset = () =>
    run(async () => {
      const answer = await ask(`${path}/reset`, { ...who, method: 'POST' });
      queries.setQueryData(key, parse(Invitation, await answer.json(), 'The invitation'));
      setAsked(false);
      setCopied(false);
    });
  return (
    <Stack gap="sm">
      <TextInput
        ref={field}
        label={words.online.invitationLink}
        description={words.online.whoeverHasItMayEnter}
        ff="monospace"
        readOnly
        value={link}
        onFocus={({ target }) => target.select()}
      />
      <Group gap="xs">
        <Button variant="default" disabled={data === undefined} onClick={() => void copy()}>
          {copied ? words.online.copied : words.online.copyTheLink}
        </Button>
        <Button variant="default" onClick={() => setAsked(true)}>
          {words.online.resetTheLink}
        </Button>
        {data === undefined || data.resets === 0 ? null : (
          <Text span c="dimmed" fz="0.95rem">
            {words.online.reset(words.online.times(data.resets))}
          </Text>
        )}
      </Group>
      {asked ? (
        <Confirm
          submit={words.online.resetTheLinkTitle}
          busy={busy}
          onSubmit={() => void reset()}
          onCancel={() => setAsked(false)}
        >
          {words.online.theOldLinkDiesFor}
        </Confirm>
      ) : null}
      <Refusal>{error}</Refusal>
    </Stack>
  );
}
