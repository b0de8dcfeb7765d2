import { Group, Text, VisuallyHidden } from '@mantine/core';
import { lapTime, plusMinus } from '../times/index.js';
import { words } from '../words/index.js';
import type { SectorView } from './sectors.js';

const text: Record<SectorView['rank'], string> = {
  best: words.race.bestSectorOfTheRace,
  own: words.race.ownBestSmall,
  slower: words.race.slowerThanTheOwnBest,
  void: words.race.doesNotCount,
};

const colours: Record<SectorView['rank'], string> = {
  best: 'var(--best)',
  own: 'var(--go)',
  slower: 'var(--warn)',
  void: 'var(--ink-2)',
};

/** A lap's sectors in a row: purple for the best of the race, green for the racer's own, yellow for slower. */
export function SectorTimes({ sectors }: { readonly sectors: readonly SectorView[] }) {
  if (sectors.length === 0) return null;
  return (
    <Group component="ol" gap="0.2rem 0.9rem" m={0} p={0} style={{ listStyle: 'none' }} data-testid="sectors">
      {sectors.map(({ sector, time, uncertainty, rank }) => (
        <li
          key={sector}
          data-rank={rank}
          title={time === null ? words.race.noTimeTitle : `${plusMinus(uncertainty)}, ${text[rank]}`}
        >
          <small>{words.race.sSector(sector)}</small>{' '}
          <Text span fw={700} c={colours[rank]}>
            {time === null ? '—' : lapTime(time)}
          </Text>
          {time === null || rank === 'slower' ? null : <VisuallyHidden component="span">, {text[rank]}</VisuallyHidden>}
        </li>
      ))}
    </Group>
  );
}
