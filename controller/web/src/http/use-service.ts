import { parse } from '@pitwall/protocol';
import { ServiceFacts } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from './get.js';

/** What the server does that these pages came from; undefined until it has said so. */
export function useServiceRole(): ServiceFacts['role'] | undefined {
  const { data } = useQuery({
    queryKey: ['service'],
    staleTime: Number.POSITIVE_INFINITY,
    retry: true,
    queryFn: ({ signal }) => get('/api/v1/service', (value) => parse(ServiceFacts, value, 'The service'), signal),
  });
  return data?.role;
}
