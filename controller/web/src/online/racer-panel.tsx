import { parse } from '@pitwall/protocol';
import { OnlineRace, type Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { forms } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useLiveClient } from '../live/index.js';
import { Panel } from '../shell/index.js';
import { lapTime } from '../times/index.js';
import { TokenForm, useCredentials, useToken } from '../visitor/index.js';
import styles from './online.module.css';
import { ordinal } from './status-words.js';
import { SubmissionRows } from './submission-rows.js';
import { SubmitForm } from './submit-form.js';
import { useAction } from './use-action.js';
import { heard, keys, racePath } from './use-online.js';

interface RacerProps {
  readonly race: OnlineRace;
  readonly submissions: readonly Submission[] | undefined;
  readonly best: Submission | undefined;
}

/** Where a racer enters, submits, and sees what became of it. */
export function RacerPanel({ race, submissions, best }: RacerProps) {
  const { token } = useToken();
  if (token === null)
    return (
      <Panel title="Race in it">
        <TokenForm submit="That is me">
          To enter you need a racer’s token; the organizer has one for you. It stays in this tab until you close it.
        </TokenForm>
      </Panel>
    );
  if (race.you !== 'entered') return <Enter race={race} />;
  return (
    <Panel title="Your race" aside={<Leave />}>
      <div className={styles.stack}>
        {best?.status.state !== 'ranked' ? null : (
          <p className={styles.best} data-testid="best">
            <b>{lapTime(best.status.score)}</b>
            <span>
              your best: {ordinal(best.status.rank)} of {best.status.of}, {best.model.name}
            </span>
          </p>
        )}
        {race.phase === 'closed' ? (
          <p className={forms.soft}>The race is closed; what was submitted before is still evaluated.</p>
        ) : (
          <SubmitForm race={race} />
        )}
        <SubmissionRows race={race} submissions={submissions} />
      </div>
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
      queries.setQueryData(keys.race(who, race.race), heard(parse(OnlineRace, await answer.json(), 'The race')));
      await queries.invalidateQueries({ queryKey: ['online'] });
    });
  return (
    <Panel title="Race in it" aside={<Leave />}>
      <div className={styles.stack}>
        {race.phase === 'closed' ? (
          <p className={forms.soft}>It is closed: nobody can enter any more.</p>
        ) : (
          <button type="button" className={forms.primary} disabled={busy} onClick={() => void enter()}>
            Enter the race
          </button>
        )}
        {error === null ? null : (
          <p className={styles.refused} role="alert">
            {error}
          </p>
        )}
      </div>
    </Panel>
  );
}

/** Forgets the token, here and on the live connection, which begins anew. */
export function Leave() {
  const { forget } = useToken();
  const client = useLiveClient();
  const leave = () => {
    forget();
    client.stop();
    client.start();
  };
  return (
    <button type="button" className={forms.small} onClick={leave}>
      Forget my token
    </button>
  );
}
