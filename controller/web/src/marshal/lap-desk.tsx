import { Button, Group, Text, TextInput } from '@mantine/core';
import type { Micros } from '@pitwall/protocol';
import type { Lap, LogRecord, RaceCommand, RaceState, RunCrossing, RunState, Stamp } from '@pitwall/protocol/race';
import { useState } from 'react';
import { CheckField } from '../forms/index.js';
import { useLiveClient } from '../live/index.js';
import { type LapRow, lapRows, rankColours, SectorTimes } from '../race/index.js';
import { Panel, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { lapTime, plusMinus } from '../times/index.js';
import { crossingClock, lapsAreShorter } from './crossing-choice.js';
import { ReasonForm } from './reason-form.js';

interface DeskProps {
  readonly run: RunState;
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

/** The run's laps, each to be edited; never its time, which follows from the crossings. */
export function LapDesk({ run, state, give, onSplit }: DeskProps & { readonly onSplit: (crossing: number) => void }) {
  const [editing, setEditing] = useState<number | null>(null);
  const rows = lapRows(run, state);
  return (
    <Panel title={words.common.laps}>
      {rows.length === 0 ? <Soft>{words.common.noLapYet}</Soft> : null}
      <Rows>
        {rows.map((row) => (
          <li key={row.lap} data-rank={row.rank}>
            <Text span c="dimmed" fz="0.95rem">
              {row.lap}
            </Text>
            <Text span fw={700} c={rankColours[row.rank]} {...(row.rank === 'void' ? { td: 'line-through' } : {})}>
              {row.time === null ? '—' : lapTime(row.time)}
            </Text>
            <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
              {row.time === null ? '' : plusMinus(row.uncertainty)} {row.notes.join(', ')}
              <SectorTimes sectors={row.sectors} />
            </Text>
            {mayHaveBeenMissed(run.laps[row.lap - 1]) && row.crossing !== null ? (
              <Button variant="default" size="xs" onClick={() => onSplit(row.crossing as number)}>
                {words.marshal.split}
              </Button>
            ) : null}
            {row.crossing === null ? null : (
              <Button variant="default" size="xs" onClick={() => setEditing(row.lap)}>
                {words.marshal.edit}
              </Button>
            )}
            {editing === row.lap && row.crossing !== null ? (
              <LapEditor
                row={row}
                lap={run.laps[row.lap - 1]}
                onCancel={() => setEditing(null)}
                onEdit={(edit) => {
                  setEditing(null);
                  give({ type: 'edit-lap', runId: run.runId, crossing: row.crossing as number, ...edit });
                }}
              />
            ) : null}
          </li>
        ))}
      </Rows>
    </Panel>
  );
}

const mayHaveBeenMissed = (lap: Lap | undefined): boolean =>
  lap?.marks.includes('missed-crossing') === true && lap.part === null;

const second = 1_000_000;
const addable: ReadonlySet<RunState['phase']> = new Set(['running', 'paused', 'over']);

/** A crossing that no gate saw, some seconds ago: known as well as the marshal says. */
function MissedCrossing({ run, give }: Pick<DeskProps, 'run' | 'give'>) {
  const client = useLiveClient();
  const [asked, setAsked] = useState<Stamp | null>(null);
  const [ago, setAgo] = useState(0);
  const [uncertainty, setUncertainty] = useState(0.5);
  if (!addable.has(run.phase)) return null;
  if (asked === null)
    return (
      <Group gap="xs">
        <Button variant="default" size="xs" onClick={() => setAsked(client.clock.at(performance.now() * 1000))}>
          {words.marshal.addAMissedOne}
        </Button>
      </Group>
    );
  return (
    <ReasonForm
      title={words.marshal.aCrossingThatTheGate}
      submit={words.marshal.addIt}
      usual={[words.marshal.theGateMissedIt, words.marshal.videoShowsIt]}
      onCancel={() => setAsked(null)}
      onReason={(reason) => {
        setAsked(null);
        const at = { ...asked, at: Math.max(0, Math.round(asked.at - ago * second)) as Micros };
        const bound = Math.max(1, Math.round(uncertainty * second)) as Micros;
        give({ type: 'add-crossing', runId: run.runId, at, uncertainty: bound, reason });
      }}
    >
      <Group align="end">
        <TextInput
          label={words.marshal.secondsBeforeYouAsked}
          w="9rem"
          type="number"
          min={0}
          step={0.1}
          value={ago}
          onChange={({ target }) => setAgo(Math.max(0, target.valueAsNumber || 0))}
        />
        <TextInput
          label={words.marshal.plusMinusSeconds}
          w="9rem"
          type="number"
          min={0.01}
          step={0.1}
          value={uncertainty}
          onChange={({ target }) => setUncertainty(Math.max(0, target.valueAsNumber || 0))}
        />
      </Group>
    </ReasonForm>
  );
}

type Edit = Pick<Extract<RaceCommand, { type: 'edit-lap' }>, 'valid' | 'resets' | 'penalty' | 'reason'>;

interface EditorProps {
  readonly row: LapRow;
  readonly lap: Lap | undefined;
  readonly onEdit: (edit: Edit) => void;
  readonly onCancel: () => void;
}

function LapEditor({ row, lap, onEdit, onCancel }: EditorProps) {
  const [valid, setValid] = useState(row.rank !== 'void');
  const [resets, setResets] = useState(lap?.resets ?? 0);
  const [penalty, setPenalty] = useState((lap?.penalty ?? 0) / 1_000_000);
  return (
    <ReasonForm
      title={words.common.lapLap(row.lap)}
      submit={words.marshal.changeTheLap}
      usual={[words.marshal.seenByTheMarshal, words.marshal.videoShowsIt, words.marshal.wrongKey]}
      onCancel={onCancel}
      onReason={(reason) =>
        onEdit({
          reason,
          ...(valid === (lap?.valid ?? false) ? {} : { valid }),
          ...(resets === lap?.resets ? {} : { resets }),
          ...(penalty * 1_000_000 === lap?.penalty ? {} : { penalty: Math.round(penalty * 1_000_000) as Micros }),
        })
      }
    >
      <Group align="end">
        <CheckField label={words.marshal.itCounts} value={valid} onValue={setValid} />
        <TextInput
          label={words.common.resets}
          w="9rem"
          type="number"
          min={0}
          max={1000}
          value={resets}
          onChange={({ target }) => setResets(Math.max(0, Math.trunc(target.valueAsNumber || 0)))}
        />
        <TextInput
          label={words.marshal.penaltyS}
          w="9rem"
          type="number"
          min={0}
          max={3600}
          step={0.5}
          value={penalty}
          onChange={({ target }) => setPenalty(Math.max(0, target.valueAsNumber || 0))}
        />
      </Group>
    </ReasonForm>
  );
}

const uses: Record<RunCrossing['use'], string> = {
  opens: words.marshal.opensALap,
  closes: words.marshal.closesALap,
  short: words.marshal.tooSoonToEndA,
  early: words.marshal.aLaterOneOpenedThe,
  'leaves-the-box': words.marshal.leavesTheBox,
  'not-driven': words.marshal.theCarWasNotDriving,
  'jump-start': words.marshal.jumpStartSmall,
  'no-boundary': words.marshal.noBoundaryAsDecided,
  split: words.marshal.endsASector,
  'out-of-order': words.marshal.splitOutOfOrder,
  'same-passage': words.marshal.samePassage,
  'before-start': words.marshal.beforeTheStart,
  'while-paused': words.marshal.whilePaused,
  'after-end': words.marshal.afterTheEnd,
  ignored: words.marshal.ignored,
  late: words.marshal.cameAfterTheDecision,
};

/** The latest crossings and what became of them. Any can be ignored, none is ever lost. */
export function CrossingDesk({
  run,
  records,
  give,
}: Pick<DeskProps, 'run' | 'give'> & { readonly records: readonly LogRecord[] }) {
  const [ignoring, setIgnoring] = useState<number | null>(null);
  const latest = run.crossings.slice(-6).reverse();
  return (
    <Panel title={words.marshal.crossings} aside={words.marshal.inThisRun(run.crossings.length)}>
      {latest.length === 0 ? <Soft>{words.marshal.nothingWasSeenYet}</Soft> : null}
      {lapsAreShorter(run) ? (
        <Text role="status" c="var(--warn)" fw={700}>
          {words.marshal.lapsAreShorterThanThe}
        </Text>
      ) : null}
      <Rows>
        {latest.map(({ seq, at, gate, use, uncertainty }) => (
          <li key={seq} data-rank={use === 'ignored' ? 'void' : 'counts'}>
            <Text span c="dimmed" fz="0.95rem">
              {crossingClock({ seq, at }, records)}
            </Text>
            <b>{uses[use]}</b>
            <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
              {gate === null ? words.common.byHand : words.marshal.gateGateSmall(gate)} {plusMinus(uncertainty)}
            </Text>
            {use === 'ignored' ? null : (
              <Button variant="default" size="xs" onClick={() => setIgnoring(seq)}>
                {words.marshal.ignore}
              </Button>
            )}
            {ignoring === seq ? (
              <ReasonForm
                title={words.marshal.ignoreTheCrossingOf(crossingClock({ seq, at }, records))}
                submit={words.marshal.ignoreIt}
                usual={[words.marshal.notTheCar, words.marshal.carWasCarried, words.marshal.aHandInTheGate]}
                onCancel={() => setIgnoring(null)}
                onReason={(reason) => {
                  setIgnoring(null);
                  give({ type: 'ignore-crossing', crossing: seq, reason });
                }}
              />
            ) : null}
          </li>
        ))}
      </Rows>
      <MissedCrossing run={run} give={give} />
    </Panel>
  );
}
