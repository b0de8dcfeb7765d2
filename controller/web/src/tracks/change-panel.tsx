import { Button, Group, Stack } from '@mantine/core';
import type { TrackOutline } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { useLocation } from 'wouter';
import { ask } from '../http/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { UploadPanel } from './upload-panel.js';

/** For organizers: another file in place of an uploaded track's, or no track any more. Races keep what they name. */
export function ChangePanel({ track, token }: { readonly track: TrackOutline; readonly token: string }) {
  const [, go] = useLocation();
  const queries = useQueryClient();
  const [asked, setAsked] = useState(false);
  const [refused, setRefused] = useState<string | null>(null);
  const remove = async () => {
    try {
      await ask(`/api/v1/tracks/${encodeURIComponent(track.track)}`, { method: 'DELETE', token });
      // Also where no list is shown now: the next one that is shows it no more.
      await queries.invalidateQueries({ queryKey: ['tracks'], refetchType: 'all' });
      queries.removeQueries({ queryKey: ['track', track.track] });
      go('/tracks');
    } catch (error) {
      setRefused(error instanceof Error ? error.message : String(error));
    }
  };
  return (
    <Stack gap="md" data-no-print>
      <UploadPanel token={token} replaces={track} />
      <Panel title={words.tracks.deleteIt}>
        <Soft>{words.tracks.deleteHint}</Soft>
        {refused === null ? null : <Refusal>{refused}</Refusal>}
        <Group mt="sm">
          {asked ? (
            <>
              <Button color="stop" onClick={() => void remove()}>
                {words.tracks.deleteNow(track.name)}
              </Button>
              <Button variant="default" onClick={() => setAsked(false)}>
                {words.tracks.keepTheTrack}
              </Button>
            </>
          ) : (
            <Button variant="outline" color="stop" onClick={() => setAsked(true)}>
              {words.tracks.deleteIt}
            </Button>
          )}
        </Group>
      </Panel>
    </Stack>
  );
}
