import { Link } from 'wouter';
import { forms } from '../forms/index.js';
import { LinkList, Narrow, Note, Panel, Title } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { TokenForm, useToken } from '../visitor/index.js';
import { Countdown } from './countdown.js';
import styles from './online.module.css';
import { raceTypeInWords } from './rules-words.js';
import { type HeardRace, useOnlineRaces } from './use-online.js';

/** Races to enter. */
export default function OnlineListPage() {
  const { data, error } = useOnlineRaces();
  if (data === undefined)
    return error === null ? (
      <Note title="One moment …" />
    ) : (
      <Note title="The races cannot be read.">{error.message}</Note>
    );
  return (
    <Narrow>
      <Title
        aside={
          <Link href="/online/new" className={forms.plain}>
            Set up a race
          </Link>
        }
      >
        Races to enter
      </Title>
      <div className={styles.stack}>
        {data.length === 0 ? (
          <p className={forms.soft}>No online race yet. One that is by invitation comes by its link.</p>
        ) : null}
        <LinkList>
          {data.map((heard) => (
            <RaceLink key={heard.race.race} heard={heard} />
          ))}
        </LinkList>
        <Visitor />
      </div>
    </Narrow>
  );
}

const roles = { organizer: 'yours · ', entered: 'entered · ', guest: '' } as const;

function RaceLink({ heard }: { readonly heard: HeardRace }) {
  const { race, setup, entries, you } = heard.race;
  return (
    <li>
      <Link href={`/online/${race}`}>
        {setup.name}
        <Countdown heard={heard} />
        <small className={styles.about}>
          {roles[you]}
          {setup.access === 'invited' ? 'by invitation · ' : ''}
          {raceTypeInWords(setup.rules.raceType)} · {entries === 1 ? '1 racer' : `${entries} racers`} · until{' '}
          {dateText(setup.closesAt, setup.timeZone)} ({setup.timeZone})
        </small>
      </Link>
    </li>
  );
}

function Visitor() {
  const { token } = useToken();
  if (token !== null) return null;
  return (
    <Panel title="Who are you?">
      <TokenForm submit="Show my races">
        With your token, races appear that you entered by invitation, and those that you set up. It stays in this tab
        until you close it.
      </TokenForm>
    </Panel>
  );
}
