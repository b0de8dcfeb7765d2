import { Text } from '@mantine/core';
import { Link } from 'wouter';
import { words } from '../words/index.js';
import { useSeasons } from './use-seasons.js';

/** The seasons that a board belongs to; nothing where it is in none. */
export function SeasonLinks({ board }: { readonly board: string }) {
  const { data } = useSeasons();
  const seasons = data?.filter(({ races }) => races.some(({ leaderboard }) => leaderboard === board)) ?? [];
  if (seasons.length === 0) return null;
  return (
    <Text c="dimmed" mb="sm">
      {words.seasons.countsFor}{' '}
      {seasons.map(({ id, name }) => (
        <Text span key={id} mr="sm">
          <Link href={`/seasons/${id}`}>{name}</Link>
        </Text>
      ))}
    </Text>
  );
}
