import { Button, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { TokenForm, useSession } from '../session/index.js';
import { LargeLink, LinkList, Narrow, Note, PageTitle, Panel, Soft } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { Countdown } from './countdown.js';
import { raceTypeInWords } from './rules-words.js';
import { type ReceivedRace, useOnlineRaces } from './use-online.js';

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
      <PageTitle
        aside={
          <Button component={Link} variant="default" href="/online/new">
            Set up a race
          </Button>
        }
      >
        Races to enter
      </PageTitle>
      <Stack>
        {data.length === 0 ? <Soft>No online race yet. One that is by invitation comes by its link.</Soft> : null}
        <LinkList>
          {data.map((heard) => (
            <RaceLink key={heard.race.race} heard={heard} />
          ))}
        </LinkList>
        <Visitor />
      </Stack>
    </Narrow>
  );
}

const roles = { organizer: 'yours · ', entered: 'entered · ', guest: '' } as const;

function RaceLink({ heard }: { readonly heard: ReceivedRace }) {
  const { race, setup, entries, you } = heard.race;
  return (
    <LargeLink href={`/online/${race}`}>
      {setup.name}
      <Countdown heard={heard} />
      <Text component="small" flex="1 0 100%" c="dimmed">
        {roles[you]}
        {setup.access === 'invited' ? 'by invitation · ' : ''}
        {raceTypeInWords(setup.rules.raceType)} · {entries === 1 ? '1 racer' : `${entries} racers`} · until{' '}
        {dateText(setup.closesAt, setup.timeZone)} ({setup.timeZone})
      </Text>
    </LargeLink>
  );
}

function Visitor() {
  const { token } = useSession();
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
