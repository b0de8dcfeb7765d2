import type { RaceList } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { LargeLink, LinkList, Narrow, Note, PageTitle, Soft } from '../shell/index.js';
import { words } from '../words/index.js';
import RacePage from './race-page.js';
import { useRaces } from './use-races.js';

const text: Record<RaceList['races'][number]['phase'], string> = {
  draft: words.race.notOpenYet,
  open: words.common.open,
  closed: words.race.closed,
  official: words.race.official,
};

/** The one race, or the one that is open; undefined where there are several. */
export function theRace(races: RaceList['races']): RaceList['races'][number] | undefined {
  const open = races.filter(({ phase }) => phase === 'open');
  const candidates = open.length > 0 ? open : races;
  return candidates.length === 1 ? candidates[0] : undefined;
}

/** The race, where there is one; else which one? */
export function HomePage() {
  const { data, error } = useRaces();
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.common.theRacesCannotBeRead}>{error.message}</Note>
    );
  if (data.races.length === 0)
    return (
      <Note title={words.race.nobodyRacesOnATrack}>
        {data.online.length === 0 ? (
          words.race.aRaceAppearsHereAs
        ) : (
          <Link href="/online">{words.race.racesToEnterOnline(data.online.length)}</Link>
        )}
      </Note>
    );
  const one = theRace(data.races);
  return one === undefined ? (
    <Narrow>
      <PageTitle>{words.common.races}</PageTitle>
      <RaceLinks races={data.races} prefix="/races" />
    </Narrow>
  ) : (
    <RacePage race={one.race} />
  );
}

/** Links to each race; open ones first. */
export function RaceLinks({ races, prefix }: { readonly races: RaceList['races']; readonly prefix: string }) {
  const sorted = races.toSorted((a, b) => Number(b.phase === 'open') - Number(a.phase === 'open'));
  return (
    <LinkList>
      {sorted.map(({ race, name, phase }) => (
        <LargeLink key={race} href={`${prefix}/${race}`}>
          {name}
          <Soft>{text[phase]}</Soft>
        </LargeLink>
      ))}
    </LinkList>
  );
}
