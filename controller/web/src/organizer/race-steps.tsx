import { Button, Group } from '@mantine/core';
import type { RaceCommand, RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { ReasonForm } from '../marshal/index.js';
import { Panel, Soft } from '../shell/index.js';

interface RaceStepsProps {
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

const said: Record<RaceState['phase'], string> = {
  draft: 'A draft: setup and entries can change. Once it is open, its rules stand.',
  open: 'Open: runs are driven, and entries may still come.',
  closed: 'Closed: results are provisional until the race is declared official.',
  official: 'Official: nothing changes any more.',
};

/** How far the race is, and what makes the next step. */
export function RaceSteps({ state, give }: RaceStepsProps) {
  const [overruling, setOverruling] = useState(false);
  const { phase, protestTimeEnded, protestsUntil, finals, setup } = state;
  const button = (label: string, onClick: () => void) => <Button onClick={onClick}>{label}</Button>;
  const mayDraw = phase === 'open' && finals === null && setup.rules.finals.format !== 'none' && state.current === null;
  return (
    <Panel title="Race" aside={phase}>
      <Soft>{said[phase]}</Soft>
      {phase === 'closed' && !protestTimeEnded && protestsUntil !== null ? (
        <Soft>Protests may be filed until {new Date(protestsUntil).toLocaleTimeString()}.</Soft>
      ) : null}
      {overruling ? (
        <ReasonForm
          title="Declare it official before the time for protests is over: the log keeps your name and the reason."
          submit="Declare official"
          usual={['Every racer agreed']}
          onCancel={() => setOverruling(false)}
          onReason={(overrule) => {
            setOverruling(false);
            give({ type: 'declare-official', overrule });
          }}
        />
      ) : (
        <Group gap="xs">
          {phase === 'draft' ? button('Open the race', () => give({ type: 'open' })) : null}
          {mayDraw ? button('Draw the finals', () => give({ type: 'draw-finals' })) : null}
          {phase === 'open' && state.current === null ? button('Close the race', () => give({ type: 'close' })) : null}
          {phase === 'closed'
            ? button('Declare official', () =>
                protestTimeEnded ? give({ type: 'declare-official' }) : setOverruling(true),
              )
            : null}
        </Group>
      )}
    </Panel>
  );
}
