import { Button, Text } from '@mantine/core';
import type { RaceCommand, RaceSetup, RunState } from '@pitwall/protocol/race';
import { FieldGroup } from '../forms/index.js';
import { words } from '../staff-words/index.js';
import { speedsOf } from './speeds.js';

interface SpeedProps {
  readonly run: RunState;
  readonly setup: RaceSetup;
  /** What the car itself says that it has, in percent; undefined where it does not. */
  readonly has?: number | undefined;
  readonly give: (command: RaceCommand) => void;
}

/** Multiplies the car's speed in this run, after what its crew set; its steering stays the model's. */
export function SpeedControl({ run, setup, has, give }: SpeedProps) {
  const speeds = speedsOf(setup);
  if (run.phase === 'called' || run.phase === 'over' || speeds.length === 0) return null;
  return (
    <FieldGroup title={words.common.speed} least="5rem">
      {speeds.map((percent) => (
        <Button
          variant={run.speed === percent ? 'filled' : 'default'}
          key={percent}
          aria-pressed={run.speed === percent}
          onClick={() => give({ type: 'speed', runId: run.runId, percent })}
        >
          {percent} %
        </Button>
      ))}
      {run.car === null || has === run.speed ? null : (
        <Text role="status" style={{ gridColumn: '1 / -1' }}>
          {has === undefined ? words.marshal.doesNotSayItsSpeed(run.car) : words.marshal.stillPercent(run.car, has)}
        </Text>
      )}
    </FieldGroup>
  );
}
