import { Text } from '@mantine/core';
import type { OnlineRace } from '@pitwall/protocol/api';
import { words } from '../online-words/index.js';
import { Fact, Facts, Panel, Soft } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { MapBox, TrackMap, useTrack } from '../track/index.js';
import { decimal } from '../words/index.js';
import { rulesInWords } from './rules-words.js';

/** What there is to know about a race before one enters. */
export function RaceFacts({ race }: { readonly race: OnlineRace }) {
  const { setup } = race;
  const track = useTrack(setup.track.id, setup.track.version);
  return (
    <>
      <Panel title={words.online.theRace} aside={track.data === undefined ? undefined : trackText(track.data)}>
        {setup.description === '' ? null : (
          <Text maw="75ch" style={{ whiteSpace: 'pre-wrap' }}>
            {setup.description}
          </Text>
        )}
        <MapBox>
          {track.data === undefined ? null : (
            <TrackMap track={track.data} direction={setup.rules.direction} car={null} />
          )}
        </MapBox>
      </Panel>
      <Panel title={words.online.when}>
        <Facts least="14rem">
          <When what={words.online.opens} at={setup.opensAt} zone={setup.timeZone} />
          <When what={words.online.closes} at={setup.closesAt} zone={setup.timeZone} />
        </Facts>
      </Panel>
      <Panel title={words.common.rules} aside={setup.rules.name}>
        <Facts least="14rem">
          {rulesInWords(setup.rules).map(({ what, rule }) => (
            <Fact key={what} name={what}>
              {rule}
            </Fact>
          ))}
          <Fact name={words.online.submissions}>{quotaText(setup.quota.submissions)}</Fact>
        </Facts>
      </Panel>
    </>
  );
}

const quotaText = (most: number | null): string =>
  words.online.theBestResultCountsA(most === null ? words.online.asManyAsYouLike : words.online.atARacer(most));

const trackText = ({ name, lengthM }: { readonly name: string; readonly lengthM: number }): string =>
  words.online.nameLengthMM(name, decimal(lengthM, 1));

/** A date as the race's zone has it, and as the viewer's has it where that is another. */
function When({ what, at, zone }: { readonly what: string; readonly at: number; readonly zone: string }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [there, here] = [dateText(at, zone), dateText(at, own)];
  return (
    <Fact name={what}>
      <time dateTime={new Date(at).toISOString()}>{there}</time> ({zone})
      {there === here ? null : <Soft>{words.online.whereYouAre(here)}</Soft>}
    </Fact>
  );
}
