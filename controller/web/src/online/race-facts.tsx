import type { OnlineRace } from '@pitwall/protocol/api';
import { Panel } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { TrackMap, useTrack } from '../track/index.js';
import styles from './online.module.css';
import { rulesInWords } from './rules-words.js';

/** What there is to know about a race before one enters. */
export function RaceFacts({ race }: { readonly race: OnlineRace }) {
  const { setup } = race;
  const track = useTrack(setup.track.id);
  return (
    <>
      <Panel title="The race" aside={track.data === undefined ? undefined : trackText(track.data)}>
        {setup.description === '' ? null : <p className={styles.description}>{setup.description}</p>}
        <div className={styles.map}>
          {track.data === undefined ? null : (
            <TrackMap track={track.data} direction={setup.rules.direction} car={null} />
          )}
        </div>
      </Panel>
      <Panel title="When">
        <dl className={styles.facts}>
          <When what="Opens" at={setup.opensAt} zone={setup.timeZone} />
          <When what="Closes" at={setup.closesAt} zone={setup.timeZone} />
        </dl>
      </Panel>
      <Panel title="Rules" aside={setup.rules.name}>
        <dl className={styles.facts}>
          {rulesInWords(setup.rules).map(({ what, rule }) => (
            <Fact key={what} what={what}>
              {rule}
            </Fact>
          ))}
          <Fact what="Submissions">{quotaText(setup.quota.submissions)}</Fact>
        </dl>
      </Panel>
    </>
  );
}

const quotaText = (most: number | null): string =>
  `${most === null ? 'as many as you like' : `at most ${most} a racer`}; the best result counts, a later worse one changes nothing`;

const trackText = ({ name, lengthM }: { readonly name: string; readonly lengthM: number }): string =>
  `${name}, ${lengthM.toFixed(1)} m`;

function Fact({ what, children }: { readonly what: string; readonly children: React.ReactNode }) {
  return (
    <>
      <dt>{what}</dt>
      <dd>{children}</dd>
    </>
  );
}

/** A date as the race's zone has it, and as the viewer's has it where that is another. */
function When({ what, at, zone }: { readonly what: string; readonly at: number; readonly zone: string }) {
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const [there, here] = [dateText(at, zone), dateText(at, own)];
  return (
    <Fact what={what}>
      <time dateTime={new Date(at).toISOString()}>{there}</time> ({zone})
      {there === here ? null : <small>{here} where you are</small>}
    </Fact>
  );
}
