import { Button, Group, Text, TextInput, Title } from '@mantine/core';
import type { CarId } from '@pitwall/protocol';
import { useQuery } from '@tanstack/react-query';
import { type ChangeEvent, useState } from 'react';
import { saveFile } from '../http/index.js';
import { Refusal, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { dateText } from '../times/index.js';
import type { TakeStep } from './take-step.js';
import { command } from './use-garage.js';
import { microseconds, sentence } from './words.js';

interface FilesProps {
  readonly car: CarId;
  readonly token: string;
  /** So many were kept here: each time the list is read anew. */
  readonly kept: number;
  readonly mayChange: boolean;
  readonly take: TakeStep;
}

/** A stock car's file has some 200 characters. */
const longest = 4096;
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Calibrations that the car keeps: to go back to, and to and from the stock car's file. */
export function CalibrationFiles({ car, token, kept, mayChange, take }: FilesProps) {
  const [wrong, setWrong] = useState('');
  const { data: versions, error } = useQuery({
    queryKey: ['calibrations', car, token, kept],
    retry: false,
    queryFn: async () => {
      const { calibrations = [] } = await command(car, { type: 'calibrate', step: { do: 'list' } }, token);
      return calibrations.toReversed();
    },
  });
  if (error !== null) return <Soft>{sentence(error)}</Soft>;
  if (versions === undefined) return null;
  const save = async () => {
    setWrong('');
    try {
      const { stock } = await command(car, { type: 'calibrate', step: { do: 'export' } }, token);
      saveFile(new Blob([stock ?? ''], { type: 'application/json' }), 'calibration.json');
    } catch (failed) {
      setWrong(sentence(failed));
    }
  };
  const bring = async ({ target }: ChangeEvent<HTMLInputElement>) => {
    const stock = (await target.files?.[0]?.text()) ?? '';
    target.value = '';
    setWrong('');
    if (stock === '') return;
    if (stock.length > longest) setWrong(words.garage.thisIsNoCalibrationOf);
    else await take({ do: 'import', stock }, words.garage.importedAsVersionVersionAnd);
  };
  return (
    <>
      <Title order={3} fz="1rem" pt="sm">
        {words.garage.versionsOnTheCar}
      </Title>
      {versions.length === 0 ? <Soft>{words.garage.itHasNoneItsPulse}</Soft> : null}
      <Rows data-testid="versions">
        {versions.map(({ version, at, who, points }, index) => (
          <li key={version}>
            <b>{version}</b>
            <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
              {words.garage.centreStop(dateText(at, zone), who, microseconds(points.center), microseconds(points.stop))}
            </Text>
            {index === 0 ? (
              <b>{words.garage.inForce}</b>
            ) : (
              <Button
                variant="default"
                size="xs"
                disabled={!mayChange}
                onClick={() => void take({ do: 'restore', version }, words.garage.isInForceAgainAs(version))}
              >
                {words.garage.goBackTo(version)}
              </Button>
            )}
          </li>
        ))}
      </Rows>
      <Group gap="xs">
        {versions.length === 0 ? null : (
          <Button variant="default" size="xs" onClick={() => void save()}>
            {words.garage.saveAsCalibrationJson}
          </Button>
        )}
        <TextInput
          label={words.garage.aStockCarsCalibrationJson}
          type="file"
          accept=".json"
          disabled={!mayChange}
          onChange={(event) => void bring(event)}
        />
      </Group>
      <Refusal>{wrong}</Refusal>
    </>
  );
}
