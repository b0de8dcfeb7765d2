import { parse } from '@pitwall/protocol';
import { ServiceFacts } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from './get.js';

const factsKey = ['service'];

/** What the server does that these pages came from; undefined until it has said so. */
export const useServiceRole = (): ServiceFacts['role'] | undefined => useServiceFacts()?.role;

/** What there is to know of it; undefined until it has said so. */
export function useServiceFacts(): ServiceFacts | undefined {
  const { data } = useQuery({
    queryKey: factsKey,
    staleTime: Number.POSITIVE_INFINITY,
    retry: true,
    queryFn: ({ signal }) => get('/api/v1/service', (value) => parse(ServiceFacts, value, 'The service'), signal),
  });
  return data;
}
