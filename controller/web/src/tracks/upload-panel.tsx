import { Button, FileInput, Group, Stack } from '@mantine/core';
import type { UploadedTrack } from '@pitwall/protocol/api';
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

/** A file is looked at as soon as it is there, and kept when the organizer says so. */
export function UploadPanel({ token }: { readonly token: string }) {
  const [draft, setDraft] = useState<Draft>({ file: null, name: '', look: '', close: false });
  const [found, setFound] = useState<UploadedTrack | null>(null);
  const [refused, setRefused] = useState<string | null>(null);
  const queries = useQueryClient();
  const send = async (next: Draft, check: boolean) => {
    setRefused(null);
    if (next.file === null) return;
    const { file, name, look, close } = next;
    try {
      setFound(await sendTrack({ data: file, file: file.name, name, look, close }, token, check));
      if (!check) await queries.invalidateQueries({ queryKey: ['tracks'] });
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
    <Panel title={words.tracks.uploadATrack}>
      <Stack>
        <Soft>{words.tracks.aTracksFile}</Soft>
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
