import { Button, Group, Text } from '@mantine/core';
import type { CarOverview, UploadedModel } from '@pitwall/protocol/api';
import type { CarAction, Release } from '@pitwall/protocol/messages';
import { type ReactNode, useState } from 'react';
import { Link } from 'wouter';
import { ChoiceField } from '../forms/index.js';
import { Panel, Rows } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { CarEvents } from './car-events.js';
import { CarStatus, Chip, Chips } from './car-status.js';
import { batteryStatus, carSentence } from './car-status-text.js';
import { CarStop } from './car-stop.js';
import { CarVersion } from './car-version.js';
import { useCarCommand } from './use-car-command.js';
import { detailWords, isAway, modelWords } from './words.js';

interface CarPanelProps {
  readonly about: CarOverview;
  readonly models: readonly UploadedModel[];
  readonly releases: readonly Release[];
  /** Without one there is nothing to press. */
  readonly token: string | null;
}

/** One car: how it is, what it carries, and what the crew does with it. */
export function CarPanel({ about, models, releases, token }: CarPanelProps) {
  const { car, state } = about;
  const { give, said } = useCarCommand(car, token);
  const button = (label: string, action: CarAction, what = label) => (
    <Button variant="default" size="xs" key={label} onClick={() => void give(action, what)}>
      {label}
    </Button>
  );
  const battery = batteryStatus(about);
  return (
    <Panel title={car} aside={detailWords(about)}>
      <CarStatus said={carSentence(about)} />
      <p>{modelWords(about)}</p>
      {battery.tone === 'unknown' && battery.text === 'not told' ? null : (
        <Chips>
          <Chip name={words.common.battery} said={battery} />
        </Chips>
      )}
      {token === null || isAway(about) ? null : (
        <>
          <Carried about={about} models={models} button={button} />
          <ChoiceField
            label={words.garage.throttle}
            value={String(state?.throttleScale ?? 100)}
            options={scales(state?.throttleScale ?? 100).map((percent) => [String(percent), `${percent} %`] as const)}
            onValue={(percent) =>
              void give(
                { type: 'throttle-scale', percent: Number(percent) },
                words.garage.throttlePercentPercent(percent),
              )
            }
          />
          <Group gap="xs">
            {button(words.garage.identify, { type: 'identify', seconds: 10 })}
            {button(words.garage.lightOn, { type: 'light', colour: { red: 1, green: 1, blue: 1 } })}
            {button(words.garage.lightOff, { type: 'light', colour: null })}
            {button(words.garage.clear, { type: 'clear' })}
            {button(words.garage.restartAgent, { type: 'restart' })}
          </Group>
          <Button component={Link} href={`/cars/${car}`}>
            {words.garage.driveCalibrateRecordings}
          </Button>
        </>
      )}
      {token === null ? null : <CarVersion about={about} releases={releases} token={token} give={give} />}
      {token === null ? null : <CarStop car={car} state={state} token={token} />}
      <CarEvents car={car} />
      <Text role="status" c="dimmed">
        {said}
      </Text>
    </Panel>
  );
}

function scales(now: number): number[] {
  return [...new Set([20, 30, 40, 50, 60, 70, 80, 90, 100, now])].sort((a, b) => a - b);
}

interface CarriedProps {
  readonly about: CarOverview;
  readonly models: readonly UploadedModel[];
  readonly button: (label: string, action: CarAction, what?: string) => ReactNode;
}

/** The models on board, to load or delete; those that are not, to stage. */
function Carried({ about: { state }, models, button }: CarriedProps) {
  const [wanted, setWanted] = useState('');
  const carried = state?.models;
  if (carried === undefined) return <p>{words.garage.itKeepsNoModelsIts}</p>;
  const others = models.filter(({ hash }) => !carried.some((one) => one.hash === hash));
  const chosen = others.find(({ hash }) => hash === wanted) ?? others[0];
  return (
    <>
      <Rows>
        {carried.map(({ hash, name, state: is }) => (
          <li key={hash}>
            <b>{name}</b>
            <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
              {hash.slice(0, 8)}
              {is === 'staging' ? words.garage.beingStaged : ''}
            </Text>
            {is === 'staging' || state?.model?.hash === hash ? null : (
              <>
                {button(words.garage.load, { type: 'load', hash }, words.garage.loadName(name))}
                {button(words.garage.delete, { type: 'delete-model', hash }, words.garage.deleteName(name))}
              </>
            )}
          </li>
        ))}
      </Rows>
      {state?.refusedModels === undefined ? null : (
        <Rows aria-label={words.garage.refusedOnItsStick}>
          {state.refusedModels.map(({ file, message }) => (
            <Text component="li" key={file} c="var(--stop)">
              <b>{file}</b>
              <Text span flex={1} miw="7rem">
                {message}
              </Text>
            </Text>
          ))}
        </Rows>
      )}
      {chosen === undefined ? null : (
        <Group gap="xs" align="end">
          <ChoiceField
            label={words.garage.stage}
            value={chosen.hash as string}
            options={others.map(({ hash, name }) => [hash as string, `${name} (${hash.slice(0, 8)})`] as const)}
            onValue={setWanted}
          />
          {button(
            words.garage.stage,
            { type: 'stage', hash: chosen.hash, name: chosen.name, bytes: chosen.bytes },
            words.garage.stageName(chosen.name),
          )}
        </Group>
      )}
    </>
  );
}
