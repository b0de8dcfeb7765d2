import { Button, Group, Image, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { EventShow } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { words } from '../event-words/index.js';
import { TextField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Panel, Refusal, Rows, Soft } from '../shell/index.js';
import { eventPath } from './use-events.js';

/** Where the organizer chooses what an event's screens show of its sponsors. */
export default function PicturesPanel({ event }: { readonly event: string }) {
  const { token } = useSession();
  const queries = useQueryClient();
  const key = ['event-show', event];
  const { data } = useQuery({
    queryKey: key,
    queryFn: async ({ signal }) =>
      parse(EventShow, await (await ask(`${eventPath(event)}/show`, { token, signal })).json(), 'The show'),
  });
  const [name, setName] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const act = async (doing: () => Promise<Response>) => {
    setBusy(true);
    setRefusal(null);
    try {
      queries.setQueryData(key, parse(EventShow, await (await doing()).json(), 'The show'));
      setName('');
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  const add = (file: File) => {
    const called = name.trim() === '' ? file.name.replace(/\.\w+$/, '') : name.trim();
    void act(() =>
      ask(`${eventPath(event)}/pictures?name=${encodeURIComponent(called)}`, { method: 'POST', token, body: file }),
    );
  };
  return (
    <Panel title={words.events.show}>
      <Group gap="md">
        <Link href={`/events/${event}/screen`}>{words.events.screen}</Link>
        <Link href={`/events/${event}/commentator`}>{words.events.commentator}</Link>
        <Link href={`/events/${event}/overlay`}>{words.events.overlay}</Link>
      </Group>
      <Text fw={650}>{words.events.pictures}</Text>
      <Rows data-testid="pictures">
        {(data?.pictures ?? []).map((picture) => (
          <li key={picture.hash}>
            <Image
              src={`${eventPath(event)}/pictures/${picture.hash}`}
              alt={picture.name}
              h="2.4rem"
              w="6rem"
              fit="contain"
            />
            <Text span flex={1} miw={0} truncate>
              {picture.name}
            </Text>
            <Button
              variant="default"
              size="compact-sm"
              disabled={busy}
              onClick={() =>
                void act(() => ask(`${eventPath(event)}/pictures/${picture.hash}`, { method: 'DELETE', token }))
              }
            >
              {words.events.takeOutPicture}
            </Button>
          </li>
        ))}
      </Rows>
      <TextField label={words.events.pictureName} value={name} maxLength={100} onValue={setName} />
      <label>
        {words.events.picture}{' '}
        <input
          type="file"
          accept="image/png,image/jpeg,image/webp"
          disabled={busy}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            currentTarget.value = '';
            if (file !== undefined) add(file);
          }}
        />
      </label>
      <Soft>{words.events.pictureHint}</Soft>
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}
