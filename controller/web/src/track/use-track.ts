import { parse } from '@pitwall/protocol';
import { TrackOutline } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';

/** A track's map; it never changes under its id and version, so it is asked for once. */
export function useTrack(id: string) {
  return useQuery({
    queryKey: ['track', id],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      get(`/api/v1/tracks/${encodeURIComponent(id)}`, (value) => parse(TrackOutline, value, `The track ${id}`), signal),
  });
}
