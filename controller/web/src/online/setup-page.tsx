import { parse, RaceId } from '@pitwall/protocol';
import { OnlineRace } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useLocation } from 'wouter';
import { forms } from '../forms/index.js';
import { ask } from '../http/index.js';
import { Narrow, Note, Panel, Title } from '../shell/index.js';
import { Admitted, TokenForm, useCredentials, useToken } from '../visitor/index.js';
import styles from './online.module.css';
import { NoRace } from './race-page.js';
import { SetupFieldset } from './setup-fieldset.js';
import { fieldsOf, newFields, type SetupFields, setupOf } from './setup-form.js';
import { useAction } from './use-action.js';
import { heard, keys, racePath, useOnlineRace } from './use-online.js';

/** Where an organizer sets a race up, or changes one. */
export default function SetupPage({ race }: { readonly race?: string }) {
  return (
    <Admitted
      needs="organizer"
      form={(why) => (
        <Narrow>
          <Title>Set up a race</Title>
          <Panel title="Your token">
            <TokenForm key={why} submit="Go on" needs="organizer" why={why}>
              Who sets up races needs an organizer’s token; <code>pitwall token issue --role organizer --name …</code>{' '}
              makes one.
            </TokenForm>
          </Panel>
        </Narrow>
      )}
    >
      {() => (race === undefined ? <NewRace /> : <ChangedRace race={race} />)}
    </Admitted>
  );
}

function ChangedRace({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <EditRace race={id.data} /> : <NoRace />;
}

function NewRace() {
  const { token } = useToken();
  const [, go] = useLocation();
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  const [commandId] = useState(() => newId());
  const [fields, setFields] = useState(() => newFields(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone));
  const outcome = setupOf(fields);
  const create = () =>
    run(async () => {
      if (!('setup' in outcome)) return;
      const answer = await ask('/api/v1/races', { token, method: 'POST', body: { commandId, setup: outcome.setup } });
      const race = parse(OnlineRace, await answer.json(), 'The race');
      queries.setQueryData(keys.race({ token }, race.race), heard(race));
      go(`/online/${race.race}`);
    });
  return (
    <Form title="Set up a race" submit="Create the race" busy={busy} error={error} outcome={outcome} onSubmit={create}>
      <SetupFieldset fields={fields} onFields={setFields} stands={{ access: false, rules: false, dates: false }} />
    </Form>
  );
}

function EditRace({ race }: { readonly race: RaceId }) {
  const { data, error } = useOnlineRace(race);
  if (data?.race.you === 'organizer') return <EditForm race={data.race} />;
  return data === undefined && error === null ? <Note title="One moment …" /> : <NoRace />;
}

function EditForm({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const [, go] = useLocation();
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  // What was shown when the form was opened is what the change is based on.
  const [seen] = useState(race);
  const [fields, setFields] = useState<SetupFields>(() => fieldsOf(race.setup));
  const opened = seen.phase !== 'upcoming';
  const outcome = setupOf(fields, seen.setup, opened);
  const save = () =>
    run(async () => {
      if (!('setup' in outcome)) return;
      const body = { seen: seen.version, setup: outcome.setup };
      const answer = await ask(racePath(race.race), { ...who, method: 'PUT', body });
      const changed = parse(OnlineRace, await answer.json(), 'The race');
      queries.setQueryData(keys.race(who, race.race), heard(changed));
      go(`/online/${race.race}`);
    });
  return (
    <Form title={`Change ${seen.setup.name}`} submit="Save" busy={busy} error={error} outcome={outcome} onSubmit={save}>
      {opened ? <p className={forms.soft}>It has opened: rules, track and opening stand as they are.</p> : null}
      <SetupFieldset fields={fields} onFields={setFields} stands={{ access: true, rules: opened, dates: opened }} />
    </Form>
  );
}

interface FormProps {
  readonly title: string;
  readonly submit: string;
  readonly busy: boolean;
  readonly error: string | null;
  readonly outcome: ReturnType<typeof setupOf>;
  readonly onSubmit: () => void;
  readonly children: React.ReactNode;
}

function Form({ title, submit, busy, error, outcome, onSubmit, children }: FormProps) {
  const [tried, setTried] = useState(false);
  const problems = 'problems' in outcome ? outcome.problems : [];
  return (
    <Narrow>
      <form
        className={`${forms.fields} ${styles.fields}`}
        onSubmit={(event) => {
          event.preventDefault();
          setTried(true);
          if (problems.length === 0) onSubmit();
        }}
      >
        <Title>{title}</Title>
        {children}
        {!tried || problems.length === 0 ? null : (
          <div className={styles.refused} role="status">
            {problems.map((problem) => (
              <div key={problem}>{problem}</div>
            ))}
          </div>
        )}
        {error === null ? null : (
          <p className={styles.refused} role="alert">
            {error}
          </p>
        )}
        <div className={forms.choices}>
          <button type="submit" className={forms.primary} disabled={busy}>
            {submit}
          </button>
          <button type="button" className={forms.plain} onClick={() => window.history.back()}>
            Leave it
          </button>
        </div>
      </form>
    </Narrow>
  );
}
