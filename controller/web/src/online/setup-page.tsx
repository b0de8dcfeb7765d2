import { Button, Group } from '@mantine/core';
import { parse, RaceId } from '@pitwall/protocol';
import { OnlineRace } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useLocation } from 'wouter';
import { Form } from '../forms/index.js';
import { ask, useSettings } from '../http/index.js';
import { words } from '../online-words/index.js';
import { RequireRole, TokenForm, useAccount, useCredentials } from '../session/index.js';
import { Narrow, Note, PageTitle, Panel, Refusal, Soft } from '../shell/index.js';
import { NoRace } from './race-page.js';
import { SetupFieldset } from './setup-fieldset.js';
import { fieldsOf, newFields, type SetupFields, setupOf } from './setup-form.js';
import { useAction } from './use-action.js';
import { keys, racePath, received, useOnlineRace } from './use-online.js';

const organizersAndRacers = ['organizer', 'racer'] as const;

/** Where somebody sets a race up, or changes one. */
export default function SetupPage({ race }: { readonly race?: string }) {
  const settings = useSettings();
  if (settings === undefined) return <Note title={words.common.oneMoment} />;
  // A race of one's own is changed whoever makes new ones.
  const needs = race === undefined && settings.organizing === 'organizers' ? 'organizer' : organizersAndRacers;
  return (
    <RequireRole
      needs={needs}
      form={(why) => (
        <Narrow>
          <PageTitle>{words.online.setUpARace}</PageTitle>
          <Panel title={words.online.yourToken}>
            <TokenForm key={why} submit={words.common.goOn} needs={needs} why={why}>
              {words.online.whoSetsUpRacesNeeds} <code>pitwall token issue --role organizer --name …</code>{' '}
              {words.common.makesOne}
            </TokenForm>
          </Panel>
        </Narrow>
      )}
    >
      {(token) => (race === undefined ? <NewRace token={token} /> : <ChangedRace race={race} />)}
    </RequireRole>
  );
}

function ChangedRace({ race }: { readonly race: string }) {
  const id = RaceId.safeParse(race);
  return id.success ? <EditRace race={id.data} /> : <NoRace />;
}

function NewRace({ token }: { readonly token: string }) {
  const { data: account } = useAccount(token);
  if (account === undefined) return <Note title={words.common.oneMoment} />;
  return <NewRaceForm token={token} isOrganizer={account.may.includes('organizer')} />;
}

function NewRaceForm({ token, isOrganizer }: { readonly token: string; readonly isOrganizer: boolean }) {
  const [, go] = useLocation();
  const queries = useQueryClient();
  const { busy, error, run } = useAction();
  const [commandId] = useState(() => newId());
  const [fields, setFields] = useState((): SetupFields => {
    const fresh = newFields(Date.now(), Intl.DateTimeFormat().resolvedOptions().timeZone);
    return isOrganizer ? fresh : { ...fresh, access: 'invited' };
  });
  const outcome = setupOf(fields);
  const create = () =>
    run(async () => {
      if (!('setup' in outcome)) return;
      const answer = await ask('/api/v1/races', { token, method: 'POST', body: { commandId, setup: outcome.setup } });
      const race = parse(OnlineRace, await answer.json(), 'The race');
      queries.setQueryData(keys.race({ token }, race.race), received(race));
      go(`/online/${race.race}`);
    });
  return (
    <SetupForm
      title={words.online.setUpARace}
      submit={words.common.createTheRace}
      busy={busy}
      error={error}
      outcome={outcome}
      onSubmit={create}
    >
      {isOrganizer ? null : <Soft>{words.online.communityRace}</Soft>}
      <SetupFieldset
        fields={fields}
        onFields={setFields}
        stands={{ access: !isOrganizer, rules: false, dates: false }}
      />
    </SetupForm>
  );
}

function EditRace({ race }: { readonly race: RaceId }) {
  const { data, error } = useOnlineRace(race);
  if (data?.race.you === 'organizer') return <EditForm race={data.race} />;
  return data === undefined && error === null ? <Note title={words.common.oneMoment} /> : <NoRace />;
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
      queries.setQueryData(keys.race(who, race.race), received(changed));
      go(`/online/${race.race}`);
    });
  return (
    <SetupForm
      title={words.online.change(seen.setup.name)}
      submit={words.common.save}
      busy={busy}
      error={error}
      outcome={outcome}
      onSubmit={save}
    >
      {opened ? <Soft>{words.online.itHasOpenedRulesTrack}</Soft> : null}
      <SetupFieldset fields={fields} onFields={setFields} stands={{ access: true, rules: opened, dates: opened }} />
    </SetupForm>
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

function SetupForm({ title, submit, busy, error, outcome, onSubmit, children }: FormProps) {
  const [tried, setTried] = useState(false);
  const problems = 'problems' in outcome ? outcome.problems : [];
  const send = () => {
    setTried(true);
    if (problems.length === 0) onSubmit();
  };
  return (
    <Narrow>
      <PageTitle>{title}</PageTitle>
      <Form onSubmit={send}>
        {children}
        <Refusal>{tried ? problems : null}</Refusal>
        <Refusal>{error}</Refusal>
        <Group gap="xs">
          <Button type="submit" disabled={busy}>
            {submit}
          </Button>
          <Button variant="default" onClick={() => window.history.back()}>
            {words.common.cancel}
          </Button>
        </Group>
      </Form>
    </Narrow>
  );
}
