import { parse } from '@pitwall/protocol';
import { TrackList, UploadedTrack } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { ask, get } from '../http/index.js';

export const useTracks = () =>
  useQuery({
    queryKey: ['tracks'],
    queryFn: ({ signal }) =>
      get('/api/v1/tracks', (value) => parse(TrackList, value, 'The list of tracks').tracks, signal),
  });

export interface TrackFile {
  readonly data: Blob;
  readonly file: string;
  /** Of the track whose next version it is; absent: what the file says. */
  readonly id?: string | undefined;
  readonly name: string;
  readonly look: string;
  readonly close: boolean;
}

/** Looks at a track's file, or keeps it. @throws PitwallError as the server says it */
export async function sendTrack({ data, file, id, name, look, close }: TrackFile, token: string, check: boolean) {
  const query = new URLSearchParams({ file, close: String(close), check: String(check) });
  if (id !== undefined) query.set('id', id);
  if (name.trim() !== '') query.set('name', name.trim());
  if (look.trim() !== '') query.set('look', look.trim());
  const answer = await ask(`/api/v1/tracks?${query}`, { method: 'POST', token, body: new Blob([data]) });
  return parse(UploadedTrack, await answer.json(), 'The uploaded track');
}
