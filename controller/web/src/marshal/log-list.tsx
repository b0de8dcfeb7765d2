import { Button, Text } from '@mantine/core';
import type { LogRecord, RaceCommand, RaceState } from '@pitwall/protocol/race';
import { Panel, Rows } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { timeOfDay } from '../times/index.js';
import { recordText } from './record-text.js';
import { mayUndo } from './undo.js';

interface LogProps {
  readonly records: readonly LogRecord[];
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

/** The latest of the race's log, newest first: who did what, and a way back. */
export function LogList({ records, state, give }: LogProps) {
  const undone = new Set(state.undone);
  return (
    <Panel title={words.marshal.log} aside={words.marshal.records(records.length)}>
      <Rows data-testid="log">
        {records
          .slice(-12)
          .reverse()
          .map((record) => (
            <li key={record.seq} data-rank={undone.has(record.seq) ? 'void' : 'counts'}>
              <Text span c="dimmed" fz="0.95rem">
                {record.seq}
              </Text>
              <Text component="b" flex={1} miw="7rem">
                {recordText(record, state)}
              </Text>
              <Text span c="dimmed" fz="0.95rem">
                {record.who} {timeOfDay(record.epoch)}
              </Text>
              {mayUndo(state, record) ? (
                <Button variant="default" size="xs" onClick={() => give({ type: 'undo', target: record.seq })}>
                  {words.marshal.undo}
                </Button>
              ) : null}
            </li>
          ))}
      </Rows>
    </Panel>
  );
}
