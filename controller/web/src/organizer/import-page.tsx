import { Button, FileInput, Group, Stack } from '@mantine/core';
import { isPitwallError, parse } from '@pitwall/protocol';
import { ImportAnswer } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link } from 'wouter';
import { DropZone, Form, TextField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { RequireMarshal } from '../marshal/index.js';
import { Narrow, PageTitle, Panel, Refusal, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';

/** Where an organizer brings laps of other programs onto a board. */
export default function ImportPage({ board }: { readonly board: string }) {
  return (
    <RequireMarshal title={words.common.importLaps} submit={words.common.importLaps}>
      {(token) => <Import board={board} token={token} />}
    </RequireMarshal>
  );
}

interface Draft {
  readonly file: File | null;
  readonly racer: string;
  readonly track: string;
  readonly course: string;
}

async function send(board: string, draft: Draft, token: string, check: boolean): Promise<ImportAnswer> {
  const { file, racer, track, course } = draft;
  const asked = Object.entries({ racer, track, course }).filter(([, value]) => value !== '');
  const query = new URLSearchParams([...asked, ['check', check ? '1' : '0']]);
  const path = `/api/v1/leaderboards/${encodeURIComponent(board)}/import?${query}`;
  // A file of whatever type goes as bytes: what it is, its content tells.
  const answer = await ask(path, { token, method: 'POST', body: file as File });
  return parse(ImportAnswer, await answer.json(), 'The import');
}

/** A file is looked at as soon as it is there, and imported when the organizer says so. */
function Import({ board, token }: { readonly board: string; readonly token: string }) {
  const [draft, setDraft] = useState<Draft>({ file: null, racer: '', track: '', course: '' });
  const [found, setFound] = useState<ImportAnswer | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const [busy, setBusy] = useState(false);
  const queries = useQueryClient();
  const run = async (next: Draft, check: boolean) => {
    setRefused(null);
    setFound(null);
    if (next.file === null) return;
    setBusy(true);
    try {
      setFound(await send(board, next, token, check));
      if (!check) await queries.invalidateQueries();
    } catch (error) {
      setRefused(isPitwallError(error) ? error.message : words.organizer.theControllerDidNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  const change = (part: Partial<Draft>) => {
    const next = { ...draft, ...part };
    setDraft(next);
    setFound(null);
    if (part.file !== undefined) void run(next, true);
  };
  const isChecked = found !== null && !found.written;
  return (
    <Narrow>
      <PageTitle aside={<Link href={`/boards/${board}`}>{board}</Link>}>{words.common.importLaps}</PageTitle>
      <Panel title={words.organizer.lapsOfOtherPrograms}>
        <Form label={words.common.importLaps} onSubmit={() => void run(draft, !isChecked)}>
          <Soft>{words.organizer.whatIsImported}</Soft>
          <DropZone onFiles={([file]) => change({ file: file ?? null })}>
            <FileInput
              label={words.organizer.theFile}
              value={draft.file}
              accept=".csv,.json,.log,.txt"
              onChange={(file) => change({ file })}
            />
          </DropZone>
          <TextField
            label={words.common.racer}
            hint={words.organizer.whereTheFileDoesNotSayWho}
            value={draft.racer}
            maxLength={64}
            onValue={(racer) => change({ racer })}
          />
          <TextField
            label={words.organizer.trackInTheFile}
            hint={words.organizer.whereTheFileHasSeveral}
            value={draft.track}
            maxLength={100}
            onValue={(track) => change({ track })}
          />
          <TextField
            label={words.organizer.trackHere}
            hint={words.organizer.whereTheBoardTakesAny}
            value={draft.course}
            maxLength={63}
            onValue={(course) => change({ course })}
          />
          <Refusal>{refused}</Refusal>
          {found === null ? null : <Found found={found} />}
          <Group>
            <Button type="submit" disabled={busy || draft.file === null || found?.written === true}>
              {isChecked ? words.organizer.importIt : words.organizer.lookAtIt}
            </Button>
          </Group>
        </Form>
      </Panel>
    </Narrow>
  );
}

function Found({ found: { written, racers, outcomes, leftOut } }: { readonly found: ImportAnswer }) {
  return (
    <Stack gap="xs" data-testid="found">
      <Rows block>
        {racers.map(({ alias, racer, runs, laps }) => (
          <li key={alias}>
            <b>{alias}</b> {words.organizer.runsAndLaps(runs, laps)} {racer === null ? words.organizer.newHere : null}
          </li>
        ))}
      </Rows>
      {written ? (
        <output>{words.organizer.importedSoMany(outcomes.accepted, outcomes.known, outcomes.held)}</output>
      ) : null}
      {leftOut.map((sentence) => (
        <Soft key={sentence}>{sentence}</Soft>
      ))}
    </Stack>
  );
}
