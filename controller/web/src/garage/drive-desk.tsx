import { Button, Group, Paper, Text } from '@mantine/core';
import type { CarOverview } from '@pitwall/protocol/api';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { FieldGroup } from '../forms/index.js';
import { Panel, Refusal } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { atRest, type Wanted, wantedBy, wayOf } from './drive-keys.js';
import { DrivePad } from './drive-pad.js';
import { type Give, useCarCommand } from './use-car-command.js';
import { command } from './use-garage.js';
import { useHoldToRun } from './use-hold-to-run.js';
import { isByHand, sentence } from './words.js';

interface DeskProps {
  readonly about: CarOverview;
  readonly token: string;
}

/** Driving a car by hand: it moves while a hand holds, and not a moment longer. */
export function DriveDesk({ about, token }: DeskProps) {
  const { car, state } = about;
  const { give, said } = useCarCommand(car, token);
  const safety = state?.safety;
  return (
    <Panel title={words.garage.driveByHand}>
      {isByHand(state) ? (
        <Wheel about={about} token={token} give={give} />
      ) : (
        <>
          <Text c="dimmed">
            {safety === 'disarmed'
              ? words.garage.youDriveInsteadOfThe
              : safety === 'faulted' || safety === 'stopped'
                ? words.garage.clearItFirstWhatStopped
                : words.garage.itsModelDrivesItStop}
          </Text>
          <Group gap="xs">
            {safety === 'disarmed' ? (
              <Button size="lg" onClick={() => void give({ type: 'arm', manual: true }, words.garage.armByHand)}>
                {words.garage.armByHandTitle}
              </Button>
            ) : null}
            {safety === 'armed' || safety === 'starting' || safety === 'driving' ? (
              <Button size="lg" onClick={() => void give({ type: 'stop' }, 'stop')}>
                {words.garage.stopItsModel}
              </Button>
            ) : null}
          </Group>
        </>
      )}
      <Text role="status" c="dimmed">
        {said}
      </Text>
    </Panel>
  );
}

const tops = [10, 20, 30, 50, 100] as const;
/** Between two words of the hand, ms; the car waits for 300. */
const every = 80;
const patience = 1000;

function Wheel({ about: { car, state }, token, give }: DeskProps & { readonly give: Give }) {
  const [top, setTop] = useState<number>(20);
  const [isHeld, setHeld] = useState(false);
  const [shown, setShown] = useState(atRest);
  const [lost, setLost] = useState('');
  const wanted = useRef<Wanted>(atRest);
  /** Whether this hold has told the car to go. */
  const goes = useRef(false);
  const safety = useRef(state?.safety);
  const hand = useHoldToRun({
    every,
    renew: async () => {
      if (!goes.current) {
        if (safety.current === 'armed') await command(car, { type: 'start' }, token, patience);
        else if (safety.current !== 'driving') await command(car, { type: 'resume' }, token, patience);
        goes.current = true;
      }
      await command(car, { type: 'drive', ...wanted.current }, token, patience);
    },
    letGo: async () => {
      goes.current = false;
      wanted.current = atRest;
      setHeld(false);
      setShown(atRest);
      await command(car, { type: 'drive', ...atRest }, token, patience);
    },
    onLost: (error) => setLost(sentence(error)),
  });
  const drive = (next: Wanted) => {
    wanted.current = next;
    setShown(next);
    if (hand.held) return hand.changed();
    setLost('');
    setHeld(true);
    hand.take();
  };

  const { reason } = state ?? { reason: null };
  useEffect(() => {
    const before = safety.current;
    safety.current = state?.safety;
    if (before !== 'driving' || state?.safety === 'driving') return;
    // It missed the hand for a moment, and the hand is still there; whatever else stopped it wants a new grip.
    if (reason === 'dead-man') goes.current = false;
    else hand.release();
  }, [state?.safety, reason, hand]);

  useKeysHeld(top / 100, drive, () => hand.release());
  return (
    <>
      <Paper role="status" ta="center" fw={900} fz="1.4rem" c="var(--ground)" bg={isHeld ? 'var(--go)' : 'var(--warn)'}>
        {isHeld ? words.garage.drivingByHand : words.garage.armedByHandTitle}
        <Text fw={600}>{isHeld ? words.garage.letGoItStops : words.garage.holdThePadTheArrows}</Text>
      </Paper>
      {/* On a phone the whole pad stands above the stop button. */}
      <DrivePad top={top / 100} shown={shown} onDrive={drive} onLetGo={() => hand.release()} />
      <FieldGroup title={words.garage.mostThrottle} least="3.4rem">
        {tops.map((percent) => (
          <Button variant="default" key={percent} aria-pressed={percent === top} onClick={() => setTop(percent)}>
            {percent} %
          </Button>
        ))}
      </FieldGroup>
      <Refusal>{lost}</Refusal>
      <Group gap="xs">
        <Button
          size="lg"
          onClick={async () => {
            hand.release();
            if (await give({ type: 'stop' }, 'stop')) await give({ type: 'clear' }, 'disarm');
          }}
        >
          {words.garage.disarm}
        </Button>
      </Group>
    </>
  );
}

/** Calls `drive` while keys of {@link wayOf} are held, and `letGo` when the last one is not. */
function useKeysHeld(top: number, drive: (wanted: Wanted) => void, letGo: () => void): void {
  const held = useRef(new Set<string>());
  const act = useRef({ top, drive, letGo });
  useLayoutEffect(() => {
    act.current = { top, drive, letGo };
  });
  useEffect(() => {
    const keys = held.current;
    const down = (event: KeyboardEvent) => {
      if (wayOf(event.code) === undefined || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      if (event.repeat) return;
      keys.add(event.code);
      act.current.drive(wantedBy(keys, act.current.top));
    };
    const up = ({ code }: KeyboardEvent) => {
      if (!keys.delete(code)) return;
      if (keys.size === 0) act.current.letGo();
      else act.current.drive(wantedBy(keys, act.current.top));
    };
    // Whoever leaves the window releases its keys elsewhere.
    const forget = () => keys.clear();
    window.addEventListener('keydown', down);
    window.addEventListener('keyup', up);
    window.addEventListener('blur', forget);
    return () => {
      window.removeEventListener('keydown', down);
      window.removeEventListener('keyup', up);
      window.removeEventListener('blur', forget);
    };
  }, []);
}
