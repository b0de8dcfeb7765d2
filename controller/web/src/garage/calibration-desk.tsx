import { Button, Group, Text } from '@mantine/core';
import { isPitwallError } from '@pitwall/protocol';
import type { CarOverview } from '@pitwall/protocol/api';
import type { CalibrationStep, CalibrationView } from '@pitwall/protocol/messages';
import { useEffect, useState } from 'react';
import { CheckField } from '../forms/index.js';
import { Panel, Refusal } from '../shell/index.js';
import { CalibrationFiles } from './calibration-files.js';
import { CalibrationPoints } from './calibration-points.js';
import { command } from './use-garage.js';
import { useLeaving } from './use-hold-to-run.js';
import { sentence } from './words.js';

interface DeskProps {
  readonly about: CarOverview;
  readonly token: string;
}

import { words } from '../staff-words/index.js';
import type { TakeStep } from './take-step.js';

/** Finding a car's pulse widths, live, with its wheels in the air. */
export function CalibrationDesk({ about: { car, state }, token }: DeskProps) {
  const [view, setView] = useState<CalibrationView | null>(null);
  const [isUp, setUp] = useState(false);
  const [busy, setBusy] = useState(false);
  const [said, setSaid] = useState('');
  const [wrong, setWrong] = useState('');
  const [kept, setKept] = useState(0);
  const plain = async (step: CalibrationStep) => await command(car, { type: 'calibrate', step }, token);

  const failed = (error: unknown) => {
    setWrong(sentence(error));
    // The car has ended it: after two minutes without a step, or because somebody stopped it.
    if (isPitwallError(error) && error.code === 'command-refused') setView(null);
  };
  const take: TakeStep = async (step, done = '') => {
    setBusy(true);
    try {
      const { calibration } = await plain(step);
      const ends = ['save', 'cancel', 'restore', 'import'].includes(step.do);
      setView(ends ? null : (calibration ?? null));
      if (ends) setUp(false);
      if (ends) setKept((times) => times + 1);
      setWrong('');
      setSaid(done.replace('VERSION', `${calibration?.version}`));
    } catch (error) {
      failed(error);
    } finally {
      setBusy(false);
    }
  };

  const isDisarmed = state?.safety === 'disarmed';
  useEffect(() => {
    if (!isDisarmed) setView(null);
  }, [isDisarmed]);
  useLeaving((gone) => {
    if (view === null) return;
    // Steering that is shown rests, too, when nobody looks; who closes the page is through with it.
    void plain({ do: gone ? 'cancel' : 'rest' }).catch(() => undefined);
  });

  return (
    <Panel title={words.garage.calibrate} aside={view === null ? undefined : words.garage.underWay}>
      {view !== null ? (
        <CalibrationPoints
          view={view}
          busy={busy}
          take={take}
          hold={async (point) => void (await plain({ do: 'show', point }))}
          rest={async () => void (await plain({ do: 'rest' }))}
          onLost={failed}
        />
      ) : isDisarmed ? (
        <>
          <Text c="dimmed">{words.garage.liftTheCarTheWheels}</Text>
          <Group>
            <CheckField label={words.garage.allWheelsAreInThe} value={isUp} onValue={setUp} />
            <Button size="lg" disabled={!isUp || busy} onClick={() => void take({ do: 'begin', wheelsUp: true })}>
              {busy ? words.common.oneMoment : words.garage.begin}
            </Button>
          </Group>
        </>
      ) : (
        <Text c="dimmed">{words.garage.onlyADisarmedCarCan}</Text>
      )}
      <Refusal>{wrong}</Refusal>
      <Text role="status" c="dimmed">
        {said}
      </Text>
      {view === null ? (
        <CalibrationFiles car={car} token={token} kept={kept} mayChange={isDisarmed && !busy} take={take} />
      ) : null}
    </Panel>
  );
}
