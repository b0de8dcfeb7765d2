import { Text } from '@mantine/core';
import type { OnlineRace } from '@pitwall/protocol/api';
import { Fact, Facts, Panel, Soft } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { MapBox, TrackMap, useTrack } from '../track/index.js';
import { rulesInWords } from './rules-words.js';

/** What there is to know about a race before one enters. */
export function RaceFacts({ race }: { readonly race: OnlineRace }) {
  const { setup } = race;
  const track = useTrack(setup.track.id);
  return (
    <>
      <Panel title="The race" aside={track.data === undefined ? undefined : trackText(track.data)}>
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
      <Panel title="When">
        <Facts least="14rem">
          <When what="Opens" at={setup.opensAt} zone={setup.timeZone} />
          <When what="Closes" at={setup.closesAt} zone={setup.timeZone} />
        </Facts>
      </Panel>
      <Panel title="Rules" aside={setup.rules.name}>
        <Facts least="14rem">
          {rulesInWords(setup.rules).map(({ what, rule }) => (
            <Fact key={what} name={what}>
              {rule}
            </Fact>
          ))}
          <Fact name="Submissions">{quotaText(setup.quota.submissions)}</Fact>
        </Facts>
      </Panel>
    </>
  );
}

const quotaText = (most: number | null): string =>
  `${most === null ? 'as many as you like' : `at most ${most} a racer`}; the best result counts, a later worse one changes nothing`;

const trackText = ({ name, lengthM }: { readonly name: string; readonly lengthM: number }): string =>
  `${name}, ${lengthM.toFixed(1)} m`;

/** A date as the race's zone has it, and as the viewer's has it where that is another. */
function When({ what, at, zone }: { readonly what: string; readonly at: number; readonly zone: string }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [there, here] = [dateText(at, zone), dateText(at, own)];
  return (
    <Fact name={what}>
      <time dateTime={new Date(at).toISOString()}>{there}</time> ({zone})
      {there === here ? null : <Soft>{here} where you are</Soft>}
    </Fact>
  );
}
