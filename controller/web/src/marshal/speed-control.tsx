import { Button } from '@mantine/core';
import type { RaceCommand, RunState } from '@pitwall/protocol/race';
import { FieldGroup } from '../forms/index.js';

const percents = [30, 40, 50, 60, 70, 80, 90, 100];

interface SpeedProps {
  readonly run: RunState;
  readonly give: (command: RaceCommand) => void;
}

/** Multiplies the simulated car's speed in this run; its steering stays the model's. */
export function SpeedControl({ run, give }: SpeedProps) {
  if (run.phase === 'called') return null;
  return (
    <FieldGroup title="Speed" least="5rem">
      {percents.map((percent) => (
        <Button
          variant={run.speed === percent ? 'filled' : 'default'}
          key={percent}
          aria-pressed={run.speed === percent}
          onClick={() => give({ type: 'speed', runId: run.runId, percent })}
        >
          {percent} %
        </Button>
      ))}
    </FieldGroup>
  );
}
