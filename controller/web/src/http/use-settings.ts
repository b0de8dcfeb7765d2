import { parse } from '@pitwall/protocol';
import { Settings } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { get } from './get.js';

export const settingsKey = ['settings'];

/** What administrators have decided for this controller; undefined until it has said so. */
export function useSettings(): Settings | undefined {
  const { data } = useQuery({
    queryKey: settingsKey,
    queryFn: ({ signal }) => get('/api/v1/settings', (value) => parse(Settings, value, 'The settings'), signal),
  });
  return data;
}
