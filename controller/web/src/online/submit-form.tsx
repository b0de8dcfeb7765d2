import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type OnlineRace, Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useRef, useState } from 'react';
import { ChoiceField, DescribeModel, DropZone, Form, modelFiles, modelNameOf, questionOf } from '../forms/index.js';
import { ask } from '../http/index.js';
import { words } from '../online-words/index.js';
import { useCredentials } from '../session/index.js';
import { Refusal, Soft } from '../shell/index.js';
import { decimal } from '../words/index.js';
import { merged } from './submission-list.js';
import { useAction } from './use-action.js';
import { keys, racePath, useModels } from './use-online.js';

const megabytes = (bytes: number): string => words.common.megabytes(decimal(bytes / 2 ** 20, 1));
const queryOf = (file: File, description: string | undefined) =>
  new URLSearchParams({ name: nameOf(file.name), ...(description === undefined ? {} : { description }) });
const nameOf = (file: string): string => modelNameOf(file).slice(0, 200) || 'model';

/** Uploads a model or chooses one that was submitted before. */
export function SubmitForm({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const queries = useQueryClient();
  const models = useModels(true).data ?? [];
  const { busy, error, run } = useAction();
  const picker = useRef<HTMLInputElement>(null);
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState<unknown>(undefined);
  const [earlier, setEarlier] = useState('');
  const left = race.submissionsLeft;
  const closed = race.phase !== 'open' || left === 0;
  const known = models.find(({ hash }) => hash === earlier);

  const sendFile = async (path: string, body: File) => {
    try {
      return await ask(path, { ...who, method: 'POST', body });
    } catch (error) {
      const question = questionOf(error);
      if (question !== undefined) setAsked(question);
      throw error;
    }
  };
  const choose = (chosen: File | null) => {
    setFile(chosen);
    setAsked(undefined);
    setEarlier('');
  };
  const send = (description?: string) => {
    void run(async () => {
      const path = `${racePath(race.race)}/submissions`;
      const answer =
        file === null
          ? await ask(path, { ...who, method: 'POST', body: { model: earlier, ...(known && { name: known.name }) } })
          : await sendFile(`${path}?${queryOf(file, description)}`, file);
      const submission = parse(Submission, await answer.json(), 'The submission');
      queries.setQueryData<readonly Submission[]>(keys.submissions(who, race.race), (held) =>
        merged(held ?? [], [submission]),
      );
      setFile(null);
      setAsked(undefined);
      setEarlier('');
      if (picker.current !== null) picker.current.value = '';
      await Promise.all([
        queries.invalidateQueries({ queryKey: keys.race(who, race.race) }),
        queries.invalidateQueries({ queryKey: keys.models({ token: who.token }) }),
      ]);
    });
  };

  return (
    <>
      <Form label={words.online.submitAModel} onSubmit={() => send()}>
        <DropZone
          onFiles={([first]) => {
            if (!closed) choose(first ?? null);
          }}
        >
          <Stack gap="sm">
            <TextInput
              ref={picker}
              label={file === null ? words.online.theArchiveAsYourTraining : `${file.name}, ${megabytes(file.size)}`}
              description={words.online.chooseItOrDropIt}
              type="file"
              accept={modelFiles}
              disabled={closed}
              onChange={({ currentTarget }) => choose(currentTarget.files?.[0] ?? null)}
            />
            {models.length === 0 ? null : (
              <ChoiceField
                label={words.online.orOneThatYouSubmitted}
                value={earlier}
                disabled={closed}
                options={[
                  ['', '–'],
                  ...models.map(({ hash, name }) => [hash as string, `${name} (${hash.slice(0, 8)})`] as const),
                ]}
                onValue={(hash) => {
                  setEarlier(hash);
                  setFile(null);
                }}
              />
            )}
            <Group gap="xs">
              <Button type="submit" disabled={busy || closed || (file === null && earlier === '')}>
                {busy ? words.online.sending : words.online.submit}
              </Button>
              <Text span c="dimmed" data-testid="quota">
                {left === null
                  ? words.online.asOftenAsYouLike
                  : words.online.submissionsLeft(left, race.setup.quota.submissions ?? left)}
              </Text>
            </Group>
            {race.phase === 'upcoming' ? <Soft>{words.online.itIsNotOpenYet}</Soft> : null}
          </Stack>
        </DropZone>
        <Refusal>{error}</Refusal>
      </Form>
      {asked === undefined || file === null ? null : (
        <DescribeModel
          name={file.name}
          question={asked}
          busy={busy}
          onDescribe={(description) => send(description)}
          onCancel={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
