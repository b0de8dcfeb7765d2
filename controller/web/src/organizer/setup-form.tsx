import { parse } from '@pitwall/protocol';
import { GateList, TrackList } from '@pitwall/protocol/api';
import { type RaceSetup, rulePresets } from '@pitwall/protocol/race';
import { useQuery } from '@tanstack/react-query';
import { type FormEvent, type ReactNode, useState } from 'react';
import { useBoards } from '../boards/index.js';
import { Choice, forms, Group, Text, Wrong } from '../forms/index.js';
import { get } from '../http/index.js';
import styles from './organizer.module.css';
import { RulesFields } from './rules-fields.js';
import { idsIn, readSetup, rulesDraft, type SetupDraft, setupDraft } from './setup-draft.js';

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
  const send = (event: FormEvent) => {
    event.preventDefault();
    const read = readSetup({ ...draft, track }, before);
    setWrong(read.wrong ?? []);
    if (read.setup !== null) onSetup(read.setup);
  };
  const addGate = (gate: string) => set({ gates: draft.gates.trim() === '' ? gate : `${draft.gates}, ${gate}` });
  const others = gates.filter((gate) => ![draft.gates, draft.finish, draft.splits].flatMap(idsIn).includes(gate));
  return (
    <form className={styles.form} onSubmit={send} aria-label="Setup">
      <Group title="Race">
        <Text
          label="Name"
          value={draft.name}
          maxLength={100}
          onValue={(name) => {
            set({ name });
            onName?.(name);
          }}
        />
        {children}
        <Choice
          label="Track"
          value={track}
          options={[
            ...(isOwn ? [] : [[track, track === '' ? 'no track yet' : track] as const]),
            ...tracks.map(({ track: id, name, lengthM }) => [id, `${name} (${lengthM.toFixed(1)} m)`] as const),
          ]}
          onValue={(id) => set({ track: id })}
        />
        <Text
          label="Its version"
          numeric
          value={draft.trackVersion}
          onValue={(trackVersion) => set({ trackVersion })}
        />
        <Text
          label="Gates at the start line"
          value={draft.gates}
          placeholder="line"
          hint="Several with commas between them"
          onValue={(names) => set({ gates: names })}
        />
        {others.map((gate) => (
          <button key={gate} type="button" className={forms.small} onClick={() => addGate(gate)}>
            + {gate}
          </button>
        ))}
        <Text
          label="Gates at the finish"
          value={draft.finish}
          placeholder="the start line"
          hint="Only where it is apart"
          onValue={(finish) => set({ finish })}
        />
        <Text
          label="Splits"
          value={draft.splits}
          placeholder="none"
          hint="In driving order"
          onValue={(splits) => set({ splits })}
        />
        <Choice
          label="Cars"
          value={draft.car}
          options={[
            ['agent', 'Pitwall drives them'],
            ['any', 'Any; only timed'],
            ['simulated', 'Simulated, in real time; gate live-RACE'],
          ]}
          onValue={(car) => set({ car })}
        />
        <Choice
          label="Results go to"
          value={draft.leaderboard}
          options={[
            ['', 'no leaderboard'],
            ...(draft.leaderboard === '' || boards.some(({ id }) => id === draft.leaderboard)
              ? []
              : [[draft.leaderboard, draft.leaderboard] as const]),
            ...boards.map(({ id, name }) => [id as string, name] as const),
          ]}
          onValue={(leaderboard) => set({ leaderboard })}
        />
      </Group>
      <RulesFields rules={draft.rules} onRules={(rules) => set({ rules })} />
      <Wrong lines={wrong} />
      <div className={forms.choices}>
        <button type="submit" className={forms.primary}>
          {submit}
        </button>
      </div>
    </form>
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
