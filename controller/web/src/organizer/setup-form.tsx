import { Button, Group } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { GateList, TrackList } from '@pitwall/protocol/api';
import { type RaceSetup, rulePresets } from '@pitwall/protocol/race';
import { useQuery } from '@tanstack/react-query';
import { type ReactNode, useState } from 'react';
import { useBoards } from '../boards/index.js';
import { ChoiceField, FieldGroup, Form, TextField } from '../forms/index.js';
import { get } from '../http/index.js';
import { Refusal } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { RulesFields } from './rules-fields.js';
import { idsIn, readSetup, rulesDraft, type SetupDraft, setupDraft } from './setup-draft.js';
import { shortestOfTrack } from './shortest-of-track.js';

const empty: SetupDraft = {
  name: '',
  track: '',
  trackVersion: '1',
  gates: '',
  finish: '',
  splits: '',
  car: 'agent',
  leaderboard: '',
  rules: rulesDraft(rulePresets['drem-default']),
};

interface SetupFormProps {
  /** What is there already. */
  readonly before?: RaceSetup;
  readonly submit: string;
  /** What stands before the setup's own fields. */
  readonly children?: ReactNode;
  readonly onSetup: (setup: RaceSetup) => void;
  readonly onName?: (name: string) => void;
}

/** A race's track, gates and rules. */
export function SetupForm({ before, submit, children, onSetup, onName }: SetupFormProps) {
  const [draft, setDraft] = useState(() => (before === undefined ? empty : setupDraft(before)));
  const [wrong, setWrong] = useState<string[]>([]);
  const set = (change: Partial<SetupDraft>) => setDraft((last) => ({ ...last, ...change }));
  const tracks = useTracks();
  const gates = useGates();
  const { data: boards = [] } = useBoards();
  const track = draft.track === '' ? (tracks[0]?.track ?? '') : draft.track;
  const isOwn = tracks.some((one) => one.track === track);
  const [typedShortest, setTypedShortest] = useState(false);
  const lengthOf = (id: string | undefined) => tracks.find((one) => one.track === id)?.lengthM;
  const shortest = typedShortest ? null : shortestOfTrack(lengthOf(track), before, lengthOf(before?.track.id));
  const rules = shortest === null ? draft.rules : { ...draft.rules, shortest: shortest.seconds };
  const send = () => {
    const read = readSetup({ ...draft, track, rules }, before);
    setWrong(read.wrong ?? []);
    if (read.setup !== null) onSetup(read.setup);
  };
  const addGate = (gate: string) => set({ gates: draft.gates.trim() === '' ? gate : `${draft.gates}, ${gate}` });
  const others = gates.filter((gate) => ![draft.gates, draft.finish, draft.splits].flatMap(idsIn).includes(gate));
  return (
    <Form label={words.common.setup} onSubmit={send}>
      <FieldGroup title={words.common.race}>
        <TextField
          label={words.common.name}
          value={draft.name}
          maxLength={100}
          onValue={(name) => {
            set({ name });
            onName?.(name);
          }}
        />
        {children}
        <ChoiceField
          label={words.common.track}
          value={track}
          options={[
            ...(isOwn ? [] : [[track, track === '' ? words.organizer.noTrackYet : track] as const]),
            ...tracks.map(
              ({ track: id, name, lengthM }) => [id, words.organizer.nameLengthMM(name, decimal(lengthM, 1))] as const,
            ),
          ]}
          onValue={(id) => set({ track: id })}
        />
        <TextField
          label={words.organizer.itsVersion}
          numeric
          value={draft.trackVersion}
          onValue={(trackVersion) => set({ trackVersion })}
        />
        <TextField
          label={words.organizer.gatesAtTheStartLine}
          value={draft.gates}
          placeholder={words.organizer.line}
          hint={words.organizer.severalWithCommasBetweenThem}
          onValue={(names) => set({ gates: names })}
        />
        {others.map((gate) => (
          <Button variant="default" size="xs" key={gate} onClick={() => addGate(gate)}>
            + {gate}
          </Button>
        ))}
        <TextField
          label={words.organizer.gatesAtTheFinish}
          value={draft.finish}
          placeholder={words.organizer.theStartLine}
          hint={words.organizer.onlyWhereItIsApart}
          onValue={(finish) => set({ finish })}
        />
        <TextField
          label={words.organizer.splits}
          value={draft.splits}
          placeholder={words.organizer.none}
          hint={words.organizer.inDrivingOrder}
          onValue={(splits) => set({ splits })}
        />
        <ChoiceField
          label={words.common.cars}
          value={draft.car}
          options={[
            ['agent', words.organizer.pitwallDrivesThem],
            ['any', words.organizer.anyOnlyTimedTitle],
            ['simulated', words.organizer.simulatedInRealTimeGate],
          ]}
          onValue={(car) => set({ car })}
        />
        <ChoiceField
          label={words.organizer.resultsGoTo}
          value={draft.leaderboard}
          options={[
            ['', words.organizer.noLeaderboard],
            ...(draft.leaderboard === '' || boards.some(({ id }) => id === draft.leaderboard)
              ? []
              : [[draft.leaderboard, draft.leaderboard] as const]),
            ...boards.map(({ id, name }) => [id as string, name] as const),
          ]}
          onValue={(leaderboard) => set({ leaderboard })}
        />
      </FieldGroup>
      <RulesFields
        rules={rules}
        {...(shortest === null ? {} : { shortestIs: shortest.why })}
        onRules={(typed) => {
          if (typed.shortest !== rules.shortest) setTypedShortest(true);
          set({ rules: typed });
        }}
      />
      <Refusal>{wrong}</Refusal>
      <Group gap="xs">
        <Button type="submit">{submit}</Button>
      </Group>
    </Form>
  );
}

function useTracks(): TrackList['tracks'] {
  const { data } = useQuery({
    queryKey: ['tracks'],
    staleTime: Number.POSITIVE_INFINITY,
    queryFn: ({ signal }) =>
      get('/api/v1/tracks', (value) => parse(TrackList, value, 'The list of tracks').tracks, signal),
  });
  return data ?? [];
}

function useGates(): string[] {
  const { data } = useQuery({
    queryKey: ['gates'],
    refetchInterval: 10_000,
    queryFn: ({ signal }) => get('/api/v1/gates', (value) => parse(GateList, value, 'The list of gates').gates, signal),
  });
  return data?.map(({ gate }) => gate) ?? [];
}
