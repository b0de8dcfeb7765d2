import { Button, Group, Progress, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type OnlineRace, Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { ask } from '../http/index.js';
import { words } from '../online-words/index.js';
import { useCredentials } from '../session/index.js';
import { Rows, Soft } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { Status } from './status.js';
import { isEvaluated, statusView } from './status-words.js';
import { merged } from './submission-list.js';
import { useAction } from './use-action.js';
import { keys, racePath } from './use-online.js';

interface RowsProps {
  readonly race: OnlineRace;
  readonly submissions: readonly Submission[] | undefined;
  /** Says whose it is, where that is not oneself. */
  readonly aliasOf?: (racer: string) => string;
}

/** Submissions with what each is now. */
export function SubmissionRows({ race, submissions, aliasOf }: RowsProps) {
  if (submissions === undefined) return <Soft>{words.common.oneMoment}</Soft>;
  if (submissions.length === 0) return <Soft>{words.online.nothingSubmittedYet}</Soft>;
  return (
    <Rows block data-testid="submissions">
      {submissions.map((submission) => (
        <SubmissionRow key={submission.submission} race={race} submission={submission} aliasOf={aliasOf} />
      ))}
    </Rows>
  );
}

interface RowProps {
  readonly race: OnlineRace;
  readonly submission: Submission;
  readonly aliasOf: RowsProps['aliasOf'] | undefined;
}

function SubmissionRow({ race, submission, aliasOf }: RowProps) {
  const who = useCredentials(race.race);
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  const view = statusView(submission.status);
  const { text, pending, part } = view;
  const { model, racer, submittedAt } = submission;
  const cancel = () =>
    run(async () => {
      const path = `${racePath(race.race)}/submissions/${submission.submission}/cancel`;
      const answer = await ask(path, { ...who, method: 'POST' });
      const now = parse(Submission, await answer.json(), 'The submission');
      queries.setQueryData<readonly Submission[]>(keys.submissions(who, race.race), (held) =>
        merged(held ?? [], [now]),
      );
      await queries.invalidateQueries({ queryKey: keys.race(who, race.race) });
    });
  return (
    <li>
      <Group justify="space-between" align="baseline">
        <b>
          {aliasOf === undefined ? '' : `${aliasOf(racer)}: `}
          {model.name}
        </b>
        {pending ? (
          <Button variant="default" size="xs" disabled={busy} onClick={() => void cancel()}>
            {words.common.cancel}
          </Button>
        ) : isEvaluated(submission.status) ? (
          <Link href={`/online/${race.race}/submissions/${submission.submission}`}>{words.online.seeWhy}</Link>
        ) : null}
      </Group>
      <Status view={view} />
      <Text component="small" c="dimmed">
        {' '}
        · {dateText(submittedAt, race.setup.timeZone)}
      </Text>
      {part === null || !pending ? null : <Progress value={100 * part} aria-label={text} />}
      {error === null ? null : <span role="alert">{error}</span>}
    </li>
  );
}
