import type { OnlineRace, Submission } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { Link, useLocation } from 'wouter';
import { forms } from '../forms/index.js';
import { ask } from '../http/index.js';
import { Panel } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { useCredentials } from '../visitor/index.js';
import { Confirm } from './confirm.js';
import { InvitationLink } from './invitation-link.js';
import styles from './online.module.css';
import { RaceRecords } from './race-records.js';
import { Leave } from './racer-panel.js';
import { SubmissionRows } from './submission-rows.js';
import { useAction } from './use-action.js';
import { racePath, useEntries } from './use-online.js';

interface OrganizerProps {
  readonly race: OnlineRace;
  readonly submissions: readonly Submission[] | undefined;
}

/** Where an organizer runs a race. */
export function OrganizerPanel({ race, submissions }: OrganizerProps) {
  const entries = useEntries(race.race).data ?? [];
  const aliasOf = (racer: string): string => entries.find((entry) => entry.racer === racer)?.alias ?? racer;
  return (
    <>
      <Panel title="Your race to run" aside={<Leave />}>
        <div className={styles.stack}>
          <RaceActions race={race} />
          {race.setup.access === 'open' ? null : race.phase === 'closed' ? (
            <p className={forms.soft}>The race is closed, and its invitation link is dead.</p>
          ) : (
            <InvitationLink race={race} />
          )}
          <RaceRecords race={race} />
        </div>
      </Panel>
      <Panel title="Entries" aside={String(entries.length)}>
        <Entries race={race} entries={entries} />
      </Panel>
      <Panel title="Submissions">
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
      <div className={forms.choices}>
        <Link href={`/online/${race.race}/edit`} className={forms.plain}>
          Change it
        </Link>
        {race.phase === 'closed' ? null : (
          <button type="button" className={forms.plain} onClick={() => setAsked('close')}>
            Close it now …
          </button>
        )}
        <button type="button" className={forms.danger} onClick={() => setAsked('delete')}>
          Delete it …
        </button>
      </div>
      {asked === 'close' ? (
        <Confirm submit="Close it now" busy={busy} onSubmit={() => void close()} onCancel={() => setAsked(null)}>
          From this moment on nobody can enter or submit. What was submitted before is still evaluated.
          {race.setup.access === 'invited' ? ' The invitation link is dead from then on.' : ''}
        </Confirm>
      ) : null}
      {asked === 'delete' ? (
        <Confirm
          submit="Delete it for everyone"
          busy={busy}
          onSubmit={() => void remove()}
          onCancel={() => setAsked(null)}
        >
          The race is gone for everyone, with its board and all results. This cannot be taken back.
        </Confirm>
      ) : null}
      {error === null ? null : (
        <p className={styles.refused} role="alert">
          {error}
        </p>
      )}
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
  if (entries.length === 0) return <p className={forms.soft}>Nobody has entered yet.</p>;
  return (
    <>
      <ul className={forms.list} data-testid="entries">
        {entries.map(({ racer, alias, country, enteredAt, submissions }) => (
          <li key={racer}>
            <div className={styles.row}>
              <div className={forms.grow}>
                <b>{alias}</b> <small className={forms.soft}>{country}</small>
                <p className={forms.soft}>
                  {submissions === 1 ? '1 submission' : `${submissions} submissions`}, since{' '}
                  {dateText(enteredAt, race.setup.timeZone)}
                </p>
              </div>
              <button
                type="button"
                className={forms.small}
                aria-label={`Remove ${alias} …`}
                onClick={() => setRemoving(racer)}
              >
                Remove …
              </button>
            </div>
            {removing === racer ? (
              <Confirm
                submit={`Remove ${alias}`}
                reason
                busy={busy}
                onSubmit={(reason) => void remove(racer, reason)}
                onCancel={() => setRemoving(null)}
              >
                {alias} is out, for good: results leave the board, what waits is cancelled
                {race.setup.access === 'invited' ? ', and the race is not to be seen any more, link or no link' : ''}.
              </Confirm>
            ) : null}
          </li>
        ))}
      </ul>
      {error === null ? null : (
        <p className={styles.refused} role="alert">
          {error}
        </p>
      )}
    </>
  );
}
