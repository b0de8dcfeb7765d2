import { Button, Group, Kbd, Text } from '@mantine/core';
import type { LogRecord, OpenDoubt, RunState, Worth } from '@pitwall/protocol/race';
import { doubtWords } from '../race/index.js';
import { Panel, Rows } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { lapTime } from '../times/index.js';
import { keys } from './actions.js';
import { crossingClock, type DoubtfulLap, doubtfulLaps } from './crossing-choice.js';

/** What may be said of a lap in doubt. */
export type Verdict = 'counts' | 'counts-not' | 'other-reading';

export interface DoubtListProps {
  readonly run: RunState;
  readonly records: readonly LogRecord[];
  /** Those that change the result of a run that is over. */
  readonly doubts: readonly OpenDoubt[];
  /** The crossing that closes the lap that the keys are about; null: none. */
  readonly chosen: number | null;
  /** The keys are about this lap while one of its buttons has the focus. */
  readonly onChoose: (crossing: number | null) => void;
  readonly onVerdict: (verdict: Verdict, crossing: number) => void;
}

/** The laps in doubt of a run, each to be decided. */
export function DoubtDesk(props: DoubtListProps) {
  const count = doubtfulLaps(props.run).length;
  if (props.run.kind === 'practice') return null;
  return (
    <Panel
      title={words.marshal.lapsInDoubt}
      aside={count === 0 ? words.marshal.noneInDoubt : words.marshal.theyDoNotCountUntil}
    >
      <DoubtList {...props} />
    </Panel>
  );
}

export function DoubtList({ run, records, doubts, chosen, onChoose, onVerdict }: DoubtListProps) {
  return (
    <Rows data-testid="doubts">
      {doubtfulLaps(run).map((lap) => (
        <li
          key={lap.crossing}
          data-chosen={lap.crossing === chosen}
          style={
            lap.crossing === chosen ? { boxShadow: 'inset 0.25rem 0 var(--accent)', paddingInlineStart: '0.6rem' } : {}
          }
          onFocus={() => onChoose(lap.crossing)}
          onBlur={() => onChoose(null)}
        >
          <Text span c="dimmed" fz="0.95rem">
            {lap.lap}
          </Text>
          <b>{lapTime(lap.time)}</b>
          <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
            {clockOf(lap, run, records)} {doubtWords[lap.doubt]}
            <Worths doubt={doubts.find(({ crossing }) => crossing === lap.crossing)} />
          </Text>
          <Group gap="xs" flex="1 0 100%">
            {verdicts.map(([verdict, label]) => (
              <Button
                variant="default"
                size="xs"
                key={verdict}
                aria-label={words.marshal.verdictOnLap(label, lap.lap)}
                aria-keyshortcuts={keys[verdict].toUpperCase()}
                onClick={() => onVerdict(verdict, lap.crossing)}
              >
                {label} <Kbd>{keys[verdict].toUpperCase()}</Kbd>
              </Button>
            ))}
          </Group>
        </li>
      ))}
    </Rows>
  );
}

const verdicts: readonly (readonly [Verdict, string])[] = [
  ['counts', words.marshal.counts],
  ['counts-not', words.marshal.doesNot],
  ['other-reading', words.marshal.otherReading],
];

function clockOf({ crossing }: DoubtfulLap, { crossings }: RunState, records: readonly LogRecord[]): string {
  const row = crossings.find(({ seq }) => seq === crossing);
  return row === undefined ? '' : `${crossingClock(row, records)}:`;
}

/** A score and the place that it would take. */
export const worthWords = ({ score, place }: Worth): string =>
  score === null ? words.marshal.noScore : `${lapTime(score)}${place === null ? '' : words.marshal.placePlace(place)}`;

function Worths({ doubt }: { readonly doubt: OpenDoubt | undefined }) {
  if (doubt === undefined) return null;
  const { without, counted, other } = doubt;
  return (
    <>
      <Text span display="block" c="var(--ink)">
        {words.marshal.withoutIt(worthWords(without))}
      </Text>
      <Text span display="block" c="var(--ink)">
        {words.marshal.ifItCounts(worthWords(counted))}
      </Text>
      {other === null ? null : (
        <Text span display="block" c="var(--ink)">
          {words.marshal.byTheOtherReading(worthWords(other))}
        </Text>
      )}
    </>
  );
}
