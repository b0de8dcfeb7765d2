import { Button, Container, Group, Stack, Text } from '@mantine/core';
import type { CarId } from '@pitwall/protocol';
import { useEffect, useLayoutEffect, useRef, useState } from 'react';
import { Link } from 'wouter';
import { StopBar, StopByHand } from '../forms/index.js';
import { useLink } from '../live/index.js';
import { Empty, PageTitle, Soft, useNow } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { CalibrationDesk } from './calibration-desk.js';
import { CarEvents } from './car-events.js';
import { CarStatus, Chip, Chips } from './car-status.js';
import { batteryStatus, carSentence, linkStatus } from './car-status-text.js';
import { DriveDesk } from './drive-desk.js';
import { RecordingsDesk } from './recordings-desk.js';
import { RequireCrew } from './require-crew.js';
import { useCarCommand } from './use-car-command.js';
import { useLiveCar } from './use-live-car.js';
import { useStop } from './use-stop.js';
import { detailWords, isAway, isByHand, modelWords } from './words.js';

const desks = {
  drive: words.garage.drive,
  calibrate: words.garage.calibrate,
  recordings: words.garage.recordings,
} as const;
type Desk = keyof typeof desks;

/** One car in the pit crew's hands: driven, calibrated, asked for its recordings. One at a time: a key means this car. */
export default function CarPage({ car }: { readonly car: CarId }) {
  return <RequireCrew title={car}>{(token) => <CarDesk key={car} car={car} token={token} />}</RequireCrew>;
}

function CarDesk({ car, token }: { readonly car: CarId; readonly token: string }) {
  const about = useLiveCar(car);
  const link = useLink();
  const now = useNow(500);
  const [desk, setDesk] = useState<Desk>('drive');
  const { give, said } = useCarCommand(car, token);
  const away = isAway(about);
  const isDriven = desk === 'drive' && isByHand(about.state);
  const safety = about.state?.safety;
  const isStuck = !away && (safety === 'faulted' || (safety === 'stopped' && !isDriven));
  const stop = useStop(car, token, about.state);
  const isDead = link.state === 'lost';
  const [seenTo, setSeenTo] = useState<number | null>(null);
  const mayMove = !away && safety !== 'disarmed' && safety !== 'faulted';
  const why = [
    ...(stop.doubt === null ? [] : [stop.doubt]),
    ...(isDead && mayMove && seenTo !== link.since ? [words.garage.noWordFromTheController] : []),
  ];
  useStopKeys(stop.press, isDriven);
  const Shown = { drive: DriveDesk, calibrate: CalibrationDesk, recordings: RecordingsDesk }[desk];
  const is = carSentence(about);
  return (
    <Container size="44rem" w="100%" px={0} pb="7.5rem">
      <Stack gap="xs">
        <PageTitle aside={<Link href="/cars">{words.garage.allCars}</Link>}>{car}</PageTitle>
        <CarStatus said={isDead ? { text: words.common.nobodyKnowsBefore(is.text), tone: 'bad' } : is} />
        <Stack gap="xs" align="start">
          <Chips>
            <Chip name={words.common.car} said={linkStatus(about, now)} />
            <Chip name={words.common.battery} said={batteryStatus(about)} />
          </Chips>
          <Soft>{[modelWords(about), detailWords(about)].filter((text) => text !== '').join(' · ')}</Soft>
          <CarEvents car={car} />
          <Text role="status" c="dimmed">
            {said}
          </Text>
          {isStuck ? (
            <Button size="lg" onClick={() => void give({ type: 'clear' }, words.garage.clear)}>
              {words.garage.clear}
            </Button>
          ) : null}
        </Stack>
        {/* Buttons, not tabs: the arrow keys drive. */}
        <Group grow gap="xs">
          {Object.entries(desks).map(([id, name]) => (
            <Button variant="default" key={id} aria-pressed={id === desk} onClick={() => setDesk(id as Desk)}>
              {name}
            </Button>
          ))}
        </Group>
        {away ? (
          <Empty title={words.garage.theCarIsNotThere}>{words.garage.whatCanBeDoneWith}</Empty>
        ) : (
          <Shown about={about} token={token} />
        )}
        <StopBar keys={isDriven ? 'F9 Space' : 'F9'} byHand={isDead} onStop={stop.press}>
          {car} · {isDriven ? words.garage.spaceBarF9 : 'F9'}
        </StopBar>
        {why.length === 0 ? null : (
          <StopByHand
            what={car}
            why={why}
            onDismiss={() => {
              stop.dismiss();
              setSeenTo(isDead ? link.since : null);
            }}
          >
            <button type="button" onClick={stop.press}>
              {words.garage.sendTheStopAgainF9}
            </button>
          </StopByHand>
        )}
      </Stack>
    </Container>
  );
}

/** F9 stops the car from anywhere on the page; so does the space bar while it is driven by hand. */
function useStopKeys(stop: () => void, withSpace: boolean): void {
  const latest = useRef({ stop, withSpace });
  useLayoutEffect(() => {
    latest.current = { stop, withSpace };
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => {
      const now = latest.current;
      if (event.repeat || (event.key !== 'F9' && !(event.key === ' ' && now.withSpace))) return;
      event.preventDefault();
      now.stop();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, []);
}
