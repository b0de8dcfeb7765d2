import { Button, Stack, Text } from '@mantine/core';
import { Link } from 'wouter';
import { words } from '../online-words/index.js';
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
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.common.theRacesCannotBeRead}>{error.message}</Note>
    );
  return (
    <Narrow>
      <PageTitle
        aside={
          <>
            <Link href="/events">{words.shell.events}</Link>
            <Link href="/tracks">{words.common.tracks}</Link>
            <Button component={Link} variant="default" href="/online/new">
              {words.online.setUpARace}
            </Button>
          </>
        }
      >
        {words.online.racesToEnter}
      </PageTitle>
      <Stack>
        {data.length === 0 ? <Soft>{words.online.noOnlineRaceYetOne}</Soft> : null}
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

const roles = { organizer: words.online.yours, entered: words.online.entered, guest: '' } as const;

function RaceLink({ heard }: { readonly heard: ReceivedRace }) {
  const { race, setup, entries, you } = heard.race;
  return (
    <LargeLink href={`/online/${race}`}>
      {setup.name}
      <Countdown heard={heard} />
      <Text component="small" flex="1 0 100%" c="dimmed">
        {words.online.until(
          roles[you],
          setup.access === 'invited' ? words.online.byInvitation : '',
          raceTypeInWords(setup.rules.raceType),
          words.common.racers(entries),
          dateText(setup.closesAt, setup.timeZone),
          setup.timeZone,
        )}
      </Text>
    </LargeLink>
  );
}

function Visitor() {
  const { token } = useSession();
  if (token !== null) return null;
  return (
    <Panel title={words.online.whoAreYou}>
      <TokenForm submit={words.online.showMyRaces}>{words.online.withYourTokenRacesAppear}</TokenForm>
    </Panel>
  );
}
