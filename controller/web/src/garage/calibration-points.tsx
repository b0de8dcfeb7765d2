import { Button, Group, Text } from '@mantine/core';
import { CalibrationPoint, type CalibrationView } from '@pitwall/protocol/messages';
import { useState } from 'react';
import { FieldGroup } from '../forms/index.js';
import { Columns, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { HoldButton } from './hold-button.js';
import type { TakeStep } from './take-step.js';
import { microseconds, pointWords } from './words.js';

interface PointsProps {
  readonly view: CalibrationView;
  readonly busy: boolean;
  readonly take: TakeStep;
  /** The motor is shown the point for half a second. */
  readonly hold: (point: CalibrationPoint) => Promise<void>;
  readonly rest: () => Promise<void>;
  readonly onLost: (error: Error) => void;
}

/** ns */
const moves = [
  [-10_000, '− 10'],
  [-1000, '− 1'],
  [1000, '+ 1'],
  [10_000, '+ 10'],
] as const;

const order = CalibrationPoint.options;
const outputOf = (point: CalibrationPoint) => (order.indexOf(point) < 3 ? 'steering' : 'motor');

/** Point after point: shown, moved until it is right, the next. */
export function CalibrationPoints({ view, busy, take, hold, rest, onLost }: PointsProps) {
  const [point, setPoint] = useState<CalibrationPoint>('center');
  const output = outputOf(point);
  const { name, until } = pointWords[point];
  const next = order[order.indexOf(point) + 1];
  const go = (to: CalibrationPoint) => {
    setPoint(to);
    // The wheels may turn by themselves to be looked at; the motor waits for a hand.
    void take(outputOf(to) === 'steering' ? { do: 'show', point: to } : { do: 'rest' });
  };
  return (
    <>
      <Columns least="7rem" fill>
        {order.map((one) => (
          <Button variant="default" key={one} aria-pressed={one === point} onClick={() => go(one)}>
            {pointWords[one].name} <small>{microseconds(view.points[one])}</small>
          </Button>
        ))}
      </Columns>
      <Text fz="1.5rem" fw={800}>
        {name}{' '}
        <Text span inherit c="var(--accent)" data-testid="pulse">
          {microseconds(view.points[point])}
        </Text>
        <Soft>{words.garage.moveIt(until)}</Soft>
      </Text>
      <FieldGroup title={words.garage.moveItByS} least="4rem" disabled={busy}>
        {moves.map(([by, label]) => (
          <Button variant="default" key={by} onClick={() => void take({ do: 'nudge', point, by })}>
            {label}
          </Button>
        ))}
      </FieldGroup>
      {output === 'motor' ? (
        <HoldButton renew={() => hold(point)} letGo={rest} onLost={onLost}>
          {point === 'stop' ? words.garage.holdTheMotorMustStand : words.garage.holdTheMotorTurns30(name.toLowerCase())}
        </HoldButton>
      ) : (
        <Button size="lg" disabled={busy} onClick={() => go(point)}>
          {words.garage.showItAgain}
        </Button>
      )}
      <Group gap="xs">
        <Button variant="default" disabled={busy} onClick={() => void take({ do: 'flip', output })}>
          {output === 'motor' ? words.garage.turnsTheWrongWaySwap : words.garage.wrongSideSwapLeftAnd}
        </Button>
        <Text span c="dimmed" fz="0.95rem" data-testid="polarity">
          {words.garage.polarity(view.polarity[output])}
        </Text>
      </Group>
      <Group gap="xs" pt="sm">
        {next === undefined ? null : (
          <Button size="lg" onClick={() => go(next)}>
            {words.garage.next(pointWords[next].name)}
          </Button>
        )}
        <Button
          size={next === undefined ? 'lg' : 'sm'}
          variant={next === undefined ? 'filled' : 'default'}
          disabled={busy}
          onClick={() => void take({ do: 'save' }, words.garage.savedAsVersionVersionAnd)}
        >
          {words.common.save}
        </Button>
        <Button
          variant="default"
          disabled={busy}
          onClick={() => void take({ do: 'cancel' }, words.garage.nothingWasSaved)}
        >
          {words.garage.leaveWithoutSaving}
        </Button>
      </Group>
    </>
  );
}
