import { Button, Text, TextInput } from '@mantine/core';
import type { CarOverview } from '@pitwall/protocol/api';
import type { Release } from '@pitwall/protocol/messages';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { DropZone } from '../forms/index.js';
import { Panel, Rows, Soft } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { updateCar, updateOf, uploadRelease } from './update-cars.js';
import { sentence } from './words.js';

const signed = '.minisig';

interface VersionsProps {
  readonly token: string;
  readonly cars: readonly CarOverview[];
  readonly releases: readonly Release[];
}

/** The versions that cars can fetch, a way to bring one, and all cars updated at once. */
export function Versions({ token, cars, releases }: VersionsProps) {
  const [said, setSaid] = useState<readonly string[]>([]);
  const say = (line: string) => setSaid((before) => [...before, line]);
  const queries = useQueryClient();
  const take = async (files: readonly File[]) => {
    setSaid([]);
    for (const archive of files.filter(({ name }) => !name.endsWith(signed))) {
      const signature = files.find(({ name }) => name === archive.name + signed);
      if (signature === undefined) {
        say(words.garage.signatureMissing(archive.name + signed));
        continue;
      }
      say(words.garage.isOnItsWay(archive.name));
      try {
        const { version } = await uploadRelease(archive, signature, token);
        say(words.garage.isHere(version));
      } catch (error) {
        say(`${archive.name}: ${sentence(error)}`);
      }
    }
    await queries.invalidateQueries({ queryKey: ['releases'] });
  };
  const waiting = cars.flatMap((about) => {
    const update = updateOf(about, releases);
    return update === undefined ? [] : [{ about, update }];
  });
  // Each by itself: one that is in a run, or far away, holds up no other.
  const updateAll = () => {
    setSaid([]);
    for (const { about, update } of waiting)
      void updateCar(about, update, token).then(
        () => say(words.garage.starts(about.car, update.version)),
        (error: unknown) => say(`${about.car}: ${sentence(error)}`),
      );
  };
  return (
    <Panel title={words.garage.versions}>
      <Soft>{words.garage.versionsSay}</Soft>
      <Rows>
        {releases.map(({ version, architecture, bytes }) => (
          <li key={`${version} ${architecture}`}>
            <b>{version}</b>
            <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
              {`linux-${architecture}`} · {words.common.megabytes(decimal(bytes / 2 ** 20, 1))}
            </Text>
          </li>
        ))}
      </Rows>
      <Button style={{ alignSelf: 'start' }} disabled={waiting.length === 0} onClick={updateAll}>
        {words.garage.updateAll(waiting.length)}
      </Button>
      <DropZone onFiles={(files) => void take(files)}>
        <TextInput
          label={words.garage.anArchiveAndItsSignature}
          description={words.garage.chooseFilesOrDropThem}
          type="file"
          accept=".gz,.minisig"
          multiple
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            void take(files);
          }}
        />
      </DropZone>
      <Text component="div" role="status" c="dimmed">
        {said.map((line) => (
          <div key={line}>{line}</div>
        ))}
      </Text>
    </Panel>
  );
}
