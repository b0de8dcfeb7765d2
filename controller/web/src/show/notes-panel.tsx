import { Button, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { NoteList } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { eventPath } from '../events/index.js';
import { Form, TextField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { Panel, Refusal, Rows } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { timeOfDay } from '../times/index.js';

interface NotesProps {
  readonly event: string;
  readonly token: string | null;
}

export function useNotes({ event, token }: NotesProps) {
  return useQuery({
    queryKey: ['notes', event, token],
    enabled: token !== null,
    refetchInterval: 3000,
    retry: 1,
    queryFn: async ({ signal }) =>
      parse(NoteList, await (await ask(`${eventPath(event)}/notes`, { token, signal })).json(), 'The notes').notes,
  });
}

/** What an event's staff tell each other about who races. */
export function NotesPanel({ event, token }: NotesProps) {
  const queries = useQueryClient();
  const { data } = useNotes({ event, token });
  const [text, setText] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  const act = async (method: 'POST' | 'DELETE', way: string, body?: object) => {
    setRefusal(null);
    try {
      const asked = body === undefined ? { method, token } : { method, token, body };
      const answer = await ask(`${eventPath(event)}/notes${way}`, asked);
      queries.setQueryData(['notes', event, token], parse(NoteList, await answer.json(), 'The notes').notes);
      return true;
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
      return false;
    }
  };
  const write = async () => {
    if (text.trim() !== '' && (await act('POST', '', { note: newId(), text }))) setText('');
  };
  return (
    <Panel title={words.show.notes}>
      <Form label={words.show.addNote} saysItself onSubmit={() => void write()}>
        <TextField label={words.show.addNote} value={text} maxLength={500} onValue={setText} />
        <Button type="submit" size="xs" style={{ alignSelf: 'start' }}>
          {words.show.noteIt}
        </Button>
      </Form>
      <Refusal>{refusal}</Refusal>
      <Rows data-testid="notes">
        {(data ?? []).map(({ note, by, at, text: said }) => (
          <li key={note}>
            <Text span flex={1} miw={0} style={{ overflowWrap: 'anywhere' }}>
              {said}
            </Text>
            <Text span c="dimmed" fz="0.9rem">
              {by} · {timeOfDay(at)}
            </Text>
            <Button variant="subtle" size="compact-xs" onClick={() => void act('DELETE', `/${note}`)}>
              {words.show.takeAway}
            </Button>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}
