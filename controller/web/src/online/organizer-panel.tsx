import { Button, Group, Text } from '@mantine/core';
import type { OnlineRace, Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { ask } from '../http/index.js';
import { words } from '../online-words/index.js';
import { useCredentials } from '../session/index.js';
import { Panel, Refusal, Rows, Soft } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { Confirm } from './confirm.js';
import { InvitationLink } from './invitation-link.js';
import { RaceRecords } from './race-records.js';
import { SubmissionRows } from './submission-rows.js';
import { useAction } from './use-action.js';
import { racePath, useEntries } from './use-online.js';

interface OrganizerProps {
  readonly race: OnlineRace;
  readonly submissions: readonly Submission[] | undefined;
}

/** Where an organizer runs a race. */
export default function OrganizerPanel({ race, submissions }: OrganizerProps) {
  const entries = useEntries(race.race).data ?? [];
  const aliasOf = (racer: string): string => entries.find((entry) => entry.racer === racer)?.alias ?? racer;
  return (
    <>
      <Panel title={words.online.yourRaceToRun}>
        <RaceActions race={race} />
        {race.setup.access === 'open' ? null : race.phase === 'closed' ? (
          <Soft>{words.online.theRaceIsClosedAnd}</Soft>
        ) : (
          <InvitationLink race={race} />
        )}
        <RaceRecords race={race} />
      </Panel>
      <Panel title={words.common.entries} aside={String(entries.length)}>
        <Entries race={race} entries={entries} />
      </Panel>
      <Panel title={words.online.submissions}>
        <SubmissionRows race={race} submissions={submissions} aliasOf={aliasOf} />
      </Panel>
    </>
  );
}

function RaceActions({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const [, go] = useLocation();
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  const [asked, setAsked] = useState<'close' | 'delete' | null>(null);
  const close = () =>
    run(async () => {
      await ask(`${racePath(race.race)}/close`, { ...who, method: 'POST' });
      setAsked(null);
      await queries.invalidateQueries({ queryKey: ['online'] });
    });
  const remove = () =>
    run(async () => {
      await ask(racePath(race.race), { ...who, method: 'DELETE' });
      go('/online');
      queries.removeQueries({ queryKey: ['online'] });
    });
  return (
    <>
      <Group gap="xs">
        <Button component={Link} variant="default" href={`/online/${race.race}/edit`}>
          {words.common.changeIt}
        </Button>
        <Button component={Link} variant="default" href={`/organizer/import/${race.leaderboard}`}>
          {words.common.importLaps}
        </Button>
        {race.phase === 'closed' ? null : (
          <Button variant="default" onClick={() => setAsked('close')}>
            {words.online.closeItNow}
          </Button>
        )}
        <Button variant="outline" color="stop" onClick={() => setAsked('delete')}>
          {words.online.deleteIt}
        </Button>
      </Group>
      {asked === 'close' ? (
        <Confirm
          submit={words.online.closeItNowTitle}
          busy={busy}
          onSubmit={() => void close()}
          onCancel={() => setAsked(null)}
        >
          {words.online.fromThisMomentOnNobody(
            race.setup.access === 'invited' ? words.online.theInvitationLinkIsDead : '',
          )}
        </Confirm>
      ) : null}
      {asked === 'delete' ? (
        <Confirm
          submit={words.online.deleteItForEveryone}
          busy={busy}
          onSubmit={() => void remove()}
          onCancel={() => setAsked(null)}
        >
          {words.online.theRaceIsGoneFor}
        </Confirm>
      ) : null}
      <Refusal>{error}</Refusal>
    </>
  );
}

function Entries({
  race,
  entries,
}: {
  readonly race: OnlineRace;
  readonly entries: ReturnType<typeof useEntries>['data'] & {};
}) {
  const who = useCredentials(race.race);
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  const [removing, setRemoving] = useState<string | null>(null);
  const remove = (racer: string, reason: string) =>
    run(async () => {
      const path = `${racePath(race.race)}/entries/${encodeURIComponent(racer)}/remove`;
      await ask(path, { ...who, method: 'POST', body: { reason } });
      setRemoving(null);
      await queries.invalidateQueries({ queryKey: ['online'] });
    });
  if (entries.length === 0) return <Soft>{words.online.nobodyHasEnteredYet}</Soft>;
  return (
    <>
      <Rows block data-testid="entries">
        {entries.map(({ racer, alias, country, enteredAt, submissions }) => (
          <li key={racer}>
            <Group>
              <Text component="div" flex={1} miw="7rem">
                <b>{alias}</b>{' '}
                <Text component="small" c="dimmed" fz="0.95rem">
                  {country}
                </Text>
                <Soft>
                  {words.online.since(
                    words.online.submissionsAfter(submissions),
                    dateText(enteredAt, race.setup.timeZone),
                  )}
                </Soft>
              </Text>
              <Button
                variant="default"
                size="xs"
                aria-label={words.online.remove(alias)}
                onClick={() => setRemoving(racer)}
              >
                {words.online.removeTitle}
              </Button>
            </Group>
            {removing === racer ? (
              <Confirm
                submit={words.online.removeAlias(alias)}
                reason
                busy={busy}
                onSubmit={(reason) => void remove(racer, reason)}
                onCancel={() => setRemoving(null)}
              >
                {words.online.isOutForGoodResults(
                  alias,
                  race.setup.access === 'invited' ? words.online.andTheRaceIsNot : '',
                )}
              </Confirm>
            ) : null}
          </li>
        ))}
      </Rows>
      <Refusal>{error}</Refusal>
    </>
  );
}
