import { parse } from '@pitwall/protocol';
import { TrackOutline } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';

/** A track's map; it never changes under its id and version, so it is asked for once. @param version absent: the latest */
export function useTrack(id: string, version?: number) {
  return useQuery({
    queryKey: ['track', id, version ?? 'latest'],
    // Under an id alone the next version may come.
    staleTime: version === undefined ? 0 : Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      get(
        `/api/v1/tracks/${encodeURIComponent(id)}${version === undefined ? '' : `?version=${version}`}`,
        (value) => parse(TrackOutline, value, `The track ${id}`),
        signal,
      ),
  });
}
