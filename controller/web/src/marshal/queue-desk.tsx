import { Button, Group, Text } from '@mantine/core';
import type { RaceCommand, RaceState, RunState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { ChoiceField } from '../forms/index.js';
import { aliasOf } from '../race/index.js';
import { Panel, Rows } from '../shell/index.js';
import { words } from '../staff-words/index.js';

interface QueueProps {
  readonly state: RaceState;
  readonly run: RunState | undefined;
  readonly give: (command: RaceCommand) => void;
  readonly newId: () => string;
}

/** Who is next, and who may be. */
export function QueueDesk({ state, run, give, newId }: QueueProps) {
  const waiting = new Set(state.queue.map(({ racer }) => racer));
  const others = state.entries.filter(({ racer }) => !waiting.has(racer));
  const [wanted, setWanted] = useState('');
  const open = state.phase === 'open';
  const chosen = others.find(({ racer }) => racer === wanted)?.racer ?? others[0]?.racer;
  const button = (label: string, command: RaceCommand) => (
    <Button variant="default" size="xs" onClick={() => give(command)}>
      {label}
    </Button>
  );
  return (
    <Panel title={words.common.queue} aside={words.common.waiting(state.queue.length)}>
      <Rows ordered>
        {state.queue.map(({ racer }, index) => (
          <li key={racer}>
            <Text span c="dimmed" fz="0.95rem">
              {index + 1}
            </Text>
            <Text component="b" flex={1} miw="7rem">
              {aliasOf(state, racer)}
            </Text>
            <Presence state={state} racer={racer} give={give} />
            {open && run === undefined ? button(words.marshal.call, { type: 'call', runId: newId(), racer }) : null}
            {index > 0 ? button(words.marshal.up, { type: 'move', racer, place: index }) : null}
            {index + 1 < state.queue.length ? button(words.marshal.skip, { type: 'skip', racer }) : null}
            {button(words.marshal.remove, { type: 'unqueue', racer })}
          </li>
        ))}
      </Rows>
      {!open || chosen === undefined ? null : (
        <Group gap="xs" align="end">
          <ChoiceField
            label={words.common.racer}
            value={chosen as string}
            options={others.map(({ racer, alias }) => [racer as string, alias] as const)}
            onValue={setWanted}
          />
          {button(words.common.queue, { type: 'queue', racer: chosen })}
          {run === undefined ? button(words.marshal.callNow, { type: 'call', runId: newId(), racer: chosen }) : null}
        </Group>
      )}
      {open && !state.entriesClosed ? (
        <Group>{button(words.marshal.closeEntries, { type: 'close-entries' })}</Group>
      ) : null}
      {open && state.queue.length > 0 ? (
        <Group>
          {button(state.here === null ? words.marshal.callRoll : words.marshal.callRollAgain, { type: 'roll-call' })}
        </Group>
      ) : null}
    </Panel>
  );
}

/** After a roll call: whether somebody has said to be here, and staff's word for it. */
function Presence({
  state: { here },
  racer,
  give,
}: Pick<QueueProps, 'state' | 'give'> & { readonly racer: RaceState['queue'][number]['racer'] }) {
  if (here === null) return null;
  const isHere = here.includes(racer);
  return (
    <Button
      variant={isHere ? 'light' : 'default'}
      size="xs"
      aria-pressed={isHere}
      onClick={() => give({ type: 'presence', racer, isHere: !isHere })}
    >
      {isHere ? words.marshal.here : words.marshal.notHere}
    </Button>
  );
}
