import { parse } from '@pitwall/protocol';
import { type OnlineRace, Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { Link } from 'wouter';
import { forms } from '../forms/index.js';
import { ask } from '../http/index.js';
import { dateText } from '../times/index.js';
import { useCredentials } from '../visitor/index.js';
import styles from './online.module.css';
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
  if (submissions === undefined) return <p className={forms.soft}>One moment …</p>;
  if (submissions.length === 0) return <p className={forms.soft}>Nothing submitted yet.</p>;
  return (
    <ul className={forms.list} data-testid="submissions">
      {submissions.map((submission) => (
        <SubmissionRow key={submission.submission} race={race} submission={submission} aliasOf={aliasOf} />
      ))}
    </ul>
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
    <li className={styles.submission}>
      <b>
        {aliasOf === undefined ? '' : `${aliasOf(racer)}: `}
        {model.name}
      </b>
      {pending ? (
        <button type="button" className={forms.small} disabled={busy} onClick={() => void cancel()}>
          Cancel
        </button>
      ) : isEvaluated(submission.status) ? (
        <Link href={`/online/${race.race}/submissions/${submission.submission}`}>See why</Link>
      ) : (
        <span />
      )}
      <span>
        <Status view={view} />
        <small className={forms.soft}> · {dateText(submittedAt, race.setup.timeZone)}</small>
      </span>
      {part === null || !pending ? null : <progress className={styles.bar} value={part} max={1} aria-label={text} />}
      {error === null ? null : <span role="alert">{error}</span>}
    </li>
  );
}
