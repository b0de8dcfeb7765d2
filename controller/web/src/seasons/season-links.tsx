import { Text } from '@mantine/core';
import { Link } from 'wouter';
import { useSeasons } from './use-seasons.js';

/** The seasons that a board belongs to; nothing where it is in none. */
export function SeasonLinks({ board }: { readonly board: string }) {
  const { data } = useSeasons();
  const seasons = data?.filter(({ races }) => races.some(({ leaderboard }) => leaderboard === board)) ?? [];
  if (seasons.length === 0) return null;
  return (
    <Text c="dimmed" mb="sm">
      Counts for{' '}
      {seasons.map(({ id, name }) => (
        <Text span key={id} mr="sm">
          <Link href={`/seasons/${id}`}>{name}</Link>
        </Text>
      ))}
    </Text>
  );
}
