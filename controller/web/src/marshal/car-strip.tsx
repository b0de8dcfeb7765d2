import { Group, Paper, Text } from '@mantine/core';
import type { CarId, GateId } from '@pitwall/protocol';
import {
  batteryStatus,
  CarEvents,
  CarStatus,
  Chip,
  Chips,
  carSentence,
  linkStatus,
  type StatusText,
  useLiveCar,
} from '../garage/index.js';
import { useLink } from '../live/index.js';
import { useNow } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import styles from './marshal.module.css';

interface StripProps {
  readonly car: CarId | null;
  readonly gates: readonly { readonly gate: GateId; readonly ok: boolean; readonly text: string }[];
}

/** What the run depends on, always in the same place: the car as it says itself, its battery, its link, the gates. */
export function CarStrip({ car, gates }: StripProps) {
  const link = useLink();
  const now = useNow(500);
  const controller: StatusText =
    link.state === 'live'
      ? { text: words.marshal.live, tone: 'good' }
      : link.state === 'connecting'
        ? { text: words.marshal.connecting, tone: 'unknown' }
        : { text: words.marshal.noWordForS(Math.round(Math.max(0, now - link.since) / 1000)), tone: 'bad' };
  const gateChips = gates.map(({ gate, ok, text }) => (
    <Chip key={gate} name={words.marshal.gateGate(gate)} said={{ text, tone: ok ? 'good' : 'bad' }} />
  ));
  return (
    <Paper component="section" className={styles.strip} aria-label={words.marshal.carGatesAndLink}>
      {car === null ? (
        <>
          <Text c="dimmed" fw={600}>
            {words.marshal.noCarIsOnThe}
          </Text>
          <div />
          <Chips>
            {gateChips}
            <Chip name={words.marshal.controller} said={controller} />
          </Chips>
        </>
      ) : (
        <OneCar key={car} car={car} now={now} unsure={link.state === 'lost'}>
          {gateChips}
          <Chip name={words.marshal.controller} said={controller} />
        </OneCar>
      )}
    </Paper>
  );
}

interface OneCarProps {
  readonly car: CarId;
  readonly now: number;
  /** What is shown is what was. */
  readonly unsure: boolean;
  readonly children: React.ReactNode;
}

function OneCar({ car, now, unsure, children }: OneCarProps) {
  const heard = useLiveCar(car);
  const said = carSentence(heard, words.marshal.clearK);
  return (
    <>
      <Group wrap="nowrap" gap="sm">
        <Text span c="dimmed" fw={600} flex="none">
          {words.marshal.carCar(car)}
        </Text>
        <CarStatus said={unsure ? { text: words.common.nobodyKnowsBefore(said.text), tone: 'bad' } : said} />
      </Group>
      <div>
        <CarEvents car={car} />
      </div>
      <Chips>
        <Chip name={words.common.car} said={linkStatus(heard, now)} />
        <Chip name={words.common.battery} said={batteryStatus(heard)} />
        {children}
      </Chips>
    </>
  );
}
