import { Button, Group, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { OnlineRace, type Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { ask } from '../http/index.js';
import { words } from '../online-words/index.js';
import { TokenForm, useCredentials, useSession } from '../session/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { SubmissionRows } from './submission-rows.js';
import { SubmitForm } from './submit-form.js';
import { useAction } from './use-action.js';
import { keys, racePath, received } from './use-online.js';

interface RacerProps {
  readonly race: OnlineRace;
  readonly submissions: readonly Submission[] | undefined;
  readonly best: Submission | undefined;
}

/** Where a racer enters, submits, and sees what became of it. */
export function RacerPanel({ race, submissions, best }: RacerProps) {
  const { token } = useSession();
  if (token === null)
    return (
      <Panel title={words.online.raceInIt}>
        <TokenForm submit={words.common.thatIsMe}>{words.online.toEnterYouNeedA}</TokenForm>
      </Panel>
    );
  if (race.you !== 'entered') return <Enter race={race} />;
  return (
    <Panel title={words.online.yourRace}>
      {best?.status.state !== 'ranked' ? null : (
        <Group gap="0 1rem" align="baseline" data-testid="best">
          <Text span fz="2rem" fw={700}>
            {lapTime(best.status.score)}
          </Text>
          <span>
            {words.online.yourBestOf(words.common.ordinal(best.status.rank), best.status.of, best.model.name)}
          </span>
        </Group>
      )}
      {race.phase === 'closed' ? <Soft>{words.online.theRaceIsClosedWhat}</Soft> : <SubmitForm race={race} />}
      <SubmissionRows race={race} submissions={submissions} />
    </Panel>
  );
}

function Enter({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  const enter = () =>
    run(async () => {
      const body = who.invitation === undefined ? {} : { invitation: who.invitation };
      const answer = await ask(`${racePath(race.race)}/entries`, { ...who, method: 'POST', body });
      queries.setQueryData(keys.race(who, race.race), received(parse(OnlineRace, await answer.json(), 'The race')));
      await queries.invalidateQueries({ queryKey: ['online'] });
    });
  return (
    <Panel title={words.online.raceInIt}>
      {race.phase === 'closed' ? (
        <Soft>{words.online.itIsClosedNobodyCan}</Soft>
      ) : (
        <Button disabled={busy} onClick={() => void enter()}>
          {words.online.enterTheRace}
        </Button>
      )}
      <Refusal>{error}</Refusal>
    </Panel>
  );
}
