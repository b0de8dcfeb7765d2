import { parse } from '@pitwall/protocol';
import { GateList } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';

/** How often it is asked, ms: what is wrong with a gate is on the page within 3 s. */
const every = 500;

/** How every gate is; undefined where the controller does not say. */
export function useGates() {
  const { data, isError } = useQuery({
    queryKey: ['gates'],
    refetchInterval: every,
    retry: false,
    queryFn: ({ signal }) =>
      get(
        '/api/v1/gates',
        (value) => parse(GateList, value, 'The list of gates').gates,
        AbortSignal.any([signal, AbortSignal.timeout(2000)]),
      ),
  });
  return isError ? undefined : data;
}
