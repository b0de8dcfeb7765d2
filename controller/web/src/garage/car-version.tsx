import { Button, Group, Text } from '@mantine/core';
import type { CarOverview } from '@pitwall/protocol/api';
import type { CarAction, Release } from '@pitwall/protocol/messages';
import { useState } from 'react';
import { Refusal } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { updateCar, updateOf } from './update-cars.js';
import { sentence } from './words.js';

interface CarVersionProps {
  readonly about: CarOverview;
  readonly releases: readonly Release[];
  readonly token: string;
  readonly give: (action: CarAction, what: string) => Promise<unknown>;
}

/** The version that drives a car, what it can be updated to, and what it can go back to. */
export function CarVersion({ about, releases, token, give }: CarVersionProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const { presence, state, incompatible } = about;
  if (presence === null) return null;
  const versions = state?.versions;
  const update = updateOf(about, releases);
  const begin = async () => {
    if (update === undefined) return;
    setRefusal(null);
    try {
      await updateCar(about, update, token);
    } catch (error) {
      setRefusal(sentence(error));
    }
  };
  const staging = versions?.staging ?? null;
  return (
    <>
      <Text>
        {words.garage.version(presence.version)}
        {staging === null ? '' : words.garage.versionOnItsWay(staging.version, staging.percent)}
      </Text>
      <Refusal>{[...new Set([incompatible ?? '', refusal ?? versions?.problem ?? ''])]}</Refusal>
      <Group gap="xs">
        {update === undefined || staging !== null ? null : (
          <Button size="xs" onClick={() => void begin()}>
            {words.garage.updateTo(update.version)}
          </Button>
        )}
        {versions?.previous == null || presence.status !== 'online' ? null : (
          <Button
            size="xs"
            variant="default"
            onClick={() => void give({ type: 'roll-back' }, words.garage.rollBackTo(versions.previous ?? ''))}
          >
            {words.garage.rollBackTo(versions.previous)}
          </Button>
        )}
      </Group>
    </>
  );
}
