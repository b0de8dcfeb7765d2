import { Button, Group } from '@mantine/core';
import type { RaceCommand, RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { ReasonForm } from '../marshal/index.js';
import { Panel, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { timeOfDay } from '../times/index.js';

interface RaceStepsProps {
  readonly state: RaceState;
  readonly give: (command: RaceCommand) => void;
}

const said: Record<RaceState['phase'], string> = {
  draft: words.organizer.aDraftSetupAndEntries,
  open: words.organizer.openRunsAreDrivenAnd,
  closed: words.organizer.closedResultsAreProvisionalUntil,
  official: words.organizer.officialNothingChangesAnyMore,
};

/** How far the race is, and what makes the next step. */
export function RaceSteps({ state, give }: RaceStepsProps) {
  const [overruling, setOverruling] = useState(false);
  const { phase, protestTimeEnded, protestsUntil, finals, setup } = state;
  const button = (label: string, onClick: () => void) => <Button onClick={onClick}>{label}</Button>;
  const mayDraw = phase === 'open' && finals === null && setup.rules.finals.format !== 'none' && state.current === null;
  return (
    <Panel title={words.common.race} aside={phase}>
      <Soft>{said[phase]}</Soft>
      {phase === 'closed' && !protestTimeEnded && protestsUntil !== null ? (
        <Soft>{words.organizer.protestsMayBeFiledUntil(timeOfDay(protestsUntil))}</Soft>
      ) : null}
      {overruling ? (
        <ReasonForm
          title={words.organizer.declareItOfficialBeforeThe}
          submit={words.common.declareOfficial}
          usual={[words.organizer.everyRacerAgreed]}
          onCancel={() => setOverruling(false)}
          onReason={(overrule) => {
            setOverruling(false);
            give({ type: 'declare-official', overrule });
          }}
        />
      ) : (
        <Group gap="xs">
          {phase === 'draft' ? button(words.common.openTheRace, () => give({ type: 'open' })) : null}
          {mayDraw ? button(words.common.drawTheFinals, () => give({ type: 'draw-finals' })) : null}
          {phase === 'open' && state.current === null
            ? button(words.common.closeTheRace, () => give({ type: 'close' }))
            : null}
          {phase === 'closed'
            ? button(words.common.declareOfficial, () =>
                protestTimeEnded ? give({ type: 'declare-official' }) : setOverruling(true),
              )
            : null}
        </Group>
      )}
    </Panel>
  );
}
