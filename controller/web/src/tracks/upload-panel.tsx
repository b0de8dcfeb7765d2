import { Button, FileInput, Group, Stack } from '@mantine/core';
import type { TrackOutline, UploadedTrack } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { CheckField, DropZone, TextField } from '../forms/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { Findings } from './findings.js';
import { sendTrack } from './use-tracks.js';

interface Draft {
  readonly file: File | null;
  readonly name: string;
  readonly look: string;
  readonly close: boolean;
}

interface UploadProps {
  readonly token: string;
  /** The track whose next version it will be; absent: one of its own. */
  readonly replaces?: TrackOutline;
}

/** A file is looked at as soon as it is there, and kept when the organizer says so. */
export function UploadPanel({ token, replaces }: UploadProps) {
  const [draft, setDraft] = useState<Draft>({ file: null, name: replaces?.name ?? '', look: '', close: false });
  const [found, setFound] = useState<UploadedTrack | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const queries = useQueryClient();
  const send = async (next: Draft, check: boolean) => {
    setRefused(null);
    if (next.file === null) return;
    const { file, name, look, close } = next;
    try {
      setFound(await sendTrack({ data: file, file: file.name, id: replaces?.track, name, look, close }, token, check));
      if (check) return;
      await queries.invalidateQueries({ queryKey: ['tracks'] });
      if (replaces !== undefined) await queries.invalidateQueries({ queryKey: ['track', replaces.track, 'latest'] });
    } catch (error) {
      if (check) setFound(null);
      setRefused(error instanceof Error ? error.message : String(error));
    }
  };
  const change = (part: Partial<Draft>, look: boolean) => {
    const next = { ...draft, ...part };
    setDraft(next);
    if (look) void send(next, true);
  };
  return (
    <Panel title={replaces === undefined ? words.tracks.uploadATrack : words.tracks.replaceIt}>
      <Stack>
        <Soft>{replaces === undefined ? words.tracks.aTracksFile : words.tracks.replaceHint}</Soft>
        <DropZone onFiles={([file]) => change({ file: file ?? null }, true)}>
          <FileInput label={words.tracks.file} value={draft.file} onChange={(file) => change({ file }, true)} />
        </DropZone>
        <TextField
          label={words.tracks.name}
          hint={words.tracks.nameOfTheFile}
          value={draft.name}
          maxLength={60}
          onValue={(name) => change({ name }, false)}
        />
        <TextField
          label={words.tracks.look}
          hint={words.tracks.lookHint}
          numeric
          value={draft.look}
          onValue={(look) => change({ look }, false)}
        />
        <CheckField label={words.tracks.closeIt} value={draft.close} onValue={(close) => change({ close }, true)} />
        {refused === null ? null : <Refusal>{refused}</Refusal>}
        {found === null ? null : <Findings found={found} />}
        {found?.kept ? <output>{words.tracks.kept(found.name, found.version)}</output> : null}
        <Group>
          <Button disabled={found === null || found.kept || found.faults.length > 0} onClick={() => send(draft, false)}>
            {words.tracks.keepIt}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
