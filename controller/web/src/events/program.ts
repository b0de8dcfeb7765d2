import type { EventRace, ProgramItem, RaceEventView } from '@pitwall/protocol/api';

/** Something of the program, with its race; online races have dates of their own. */
export interface Item {
  readonly key: string;
  readonly name: string;
  readonly startsAt: number;
  readonly endsAt: number;
  readonly race: EventRace | undefined;
}

/** In order of time. A race of which this visitor may not know is not in it. */
export function itemsOf({ setup, races }: Pick<RaceEventView, 'setup' | 'races'>): Item[] {
  const known = new Map(races.map((race) => [race.race, race]));
  const item = ({ name, startsAt, endsAt, race: id }: ProgramItem, index: number): Item[] => {
    const race = id === null ? undefined : known.get(id);
    if (id !== null && race === undefined) return [];
    return [
      {
        key: id ?? `${index}`,
        name: name === '' ? (race?.name ?? '') : name,
        startsAt: race?.opensAt ?? startsAt,
        endsAt: race?.closesAt ?? endsAt,
        race,
      },
    ];
  };
  return setup.program.flatMap(item).sort((a, b) => a.startsAt - b.startsAt);
}

const isOver = ({ race }: Item): boolean => race?.phase === 'closed' || race?.phase === 'official';

/** What is on, what comes, and which races are over: a race is on as long as it is open, whatever its time was to be. */
export function sorted(items: readonly Item[], now: number): { on: Item[]; next: Item[]; finished: Item[] } {
  const onTrack = ({ race }: Item) => race !== undefined && race.kind !== 'online';
  const isOn = (item: Item) =>
    !isOver(item) && ((onTrack(item) && item.race?.phase === 'open') || (item.startsAt <= now && now < item.endsAt));
  return {
    on: items.filter(isOn),
    next: items.filter((item) => !isOver(item) && !isOn(item) && item.startsAt > now),
    finished: items.filter(isOver),
  };
}
