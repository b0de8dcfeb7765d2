import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { RaceId } from '@pitwall/protocol';
import type { RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { Link } from 'wouter';
import { DescribeModel, DropZone, Form, modelFiles, modelNameOf, questionOf } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useRace } from '../live/index.js';
import { words } from '../online-words/index.js';
import { TokenForm, useAccount, useSession } from '../session/index.js';
import { Note, PageTitle, Panel, Refusal, Soft } from '../shell/index.js';
import { useAction } from './use-action.js';

/** Where a racer enters a LIVE race with a model, until its entries are closed. */
export default function LiveEntryPage({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <KnownRace race={id.data} /> : <Note title={words.common.noRaceCanHaveThis} />;
}

function KnownRace({ race }: { readonly race: RaceId }) {
  const view = useRace(race);
  const { token } = useSession();
  // What there is of a race, and that there is none, its own page says.
  if (view === undefined)
    return (
      <Note title={words.common.oneMoment}>
        <Link href={`/races/${race}`}>{words.online.theRace}</Link>
      </Note>
    );
  const { state } = view;
  const refused = whyClosed(state);
  return (
    <>
      <PageTitle aside={<Link href={`/races/${race}`}>{words.online.theRace}</Link>}>{state.setup.name}</PageTitle>
      <Panel title={words.online.raceInIt}>
        {refused !== undefined ? (
          <Soft>{refused}</Soft>
        ) : token === null ? (
          <TokenForm submit={words.common.thatIsMe}>{words.online.toEnterYouNeedA}</TokenForm>
        ) : (
          <EnterForm race={race} token={token} state={state} />
        )}
      </Panel>
    </>
  );
}

function whyClosed({ setup, phase, entriesClosed }: RaceState): string | undefined {
  if (setup.car !== 'simulated') return words.online.aMarshalEntersYouHere;
  if (phase === 'draft') return words.online.itIsNotOpenYet;
  return phase !== 'open' || entriesClosed ? words.online.itIsClosedNobodyCan : undefined;
}

interface EnterProps {
  readonly race: RaceId;
  readonly token: string;
  readonly state: RaceState;
}

function EnterForm({ race, token, state }: EnterProps) {
  const { data: account } = useAccount(token);
  const { busy, error, run } = useAction();
  const [file, setFile] = useState<File | null>(null);
  const [asked, setAsked] = useState<unknown>(undefined);
  const entry = state.entries.find(({ racer }) => racer === account?.name);
  const place = state.queue.findIndex(({ racer }) => racer === account?.name) + 1;
  const choose = (chosen: File | null) => {
    setFile(chosen);
    setAsked(undefined);
  };
  const send = (chosen: File, description?: string) =>
    run(async () => {
      const name = modelNameOf(chosen.name).slice(0, 200) || 'model';
      const query = new URLSearchParams({ name, ...(description === undefined ? {} : { description }) });
      try {
        await ask(`/api/v1/races/${encodeURIComponent(race)}/entries?${query}`, {
          token,
          method: 'POST',
          body: chosen,
        });
        choose(null);
      } catch (error) {
        const question = questionOf(error);
        if (question !== undefined) setAsked(question);
        throw error;
      }
    });
  return (
    <>
      {entry === undefined ? null : (
        <Text role="status">
          {words.online.youRaceWith(entry.models[0]?.name ?? '')}
          {place === 0 ? null : ` ${words.online.yourPlaceInTheQueue(place)}`}
        </Text>
      )}
      <Form
        label={words.online.enterTheRace}
        onSubmit={() => {
          if (file !== null) void send(file);
        }}
      >
        <DropZone onFiles={([first]) => choose(first ?? null)}>
          <Stack gap="sm">
            <TextInput
              // A file that was sent is chosen no more.
              key={file === null ? 'none' : 'chosen'}
              label={words.online.theArchiveAsYourTraining}
              description={file === null ? words.online.chooseItOrDropIt : file.name}
              type="file"
              accept={modelFiles}
              onChange={({ currentTarget }) => choose(currentTarget.files?.[0] ?? null)}
            />
            <Group gap="xs">
              <Button type="submit" disabled={busy || file === null}>
                {busy ? words.online.sending : words.online.enterTheRace}
              </Button>
            </Group>
          </Stack>
        </DropZone>
        <Refusal>{error}</Refusal>
      </Form>
      {asked === undefined || file === null ? null : (
        <DescribeModel
          name={file.name}
          question={asked}
          busy={busy}
          onDescribe={(description) => void send(file, description)}
          onCancel={() => setAsked(undefined)}
        />
      )}
    </>
  );
}
