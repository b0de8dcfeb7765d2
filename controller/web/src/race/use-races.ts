import { parse } from '@pitwall/protocol';
import { RaceList } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';

/** All races that this server knows. */
export function useRaces() {
  return useQuery({
    queryKey: ['races'],
    refetchInterval: 5000,
    queryFn: ({ signal }) => get('/api/v1/races', (value) => parse(RaceList, value, 'The list of races'), signal),
  });
}
