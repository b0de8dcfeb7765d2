import { Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { DescribeModel, DropZone, modelFiles, questionOf, StopAllButton } from '../forms/index.js';
import { useAccount, useSession } from '../session/index.js';
import { Columns, Empty, Note, PageTitle, Panel, Rows } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { CarPanel } from './car-panel.js';
import { Machines } from './machines.js';
import { QueueModels } from './queue-models.js';
import { RequireCrew } from './require-crew.js';
import { StopAllSheet } from './stop-all-sheet.js';
import { useReleases } from './update-cars.js';
import { upload, useCars, useModels } from './use-garage.js';
import { useStopAll } from './use-stop-all.js';
import { Versions } from './versions.js';

/** Where the pit crew looks after cars and their models. */
export default function CarsPage() {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const { data: cars, error } = useCars();
  const { data: models = [] } = useModels();
  const stopAll = useStopAll(token);
  const mayPress = account?.may.includes('crew') === true;
  const { data: releases = [] } = useReleases(mayPress ? token : null);
  if (cars === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.garage.theCarsCannotBeRead}>{error.message}</Note>
    );
  return (
    <Stack>
      <PageTitle>{words.common.cars}</PageTitle>
      {mayPress && cars.length > 0 ? <StopAllButton onStopAll={stopAll.press} /> : null}
      {mayPress && stopAll.shown !== null ? (
        <StopAllSheet shown={stopAll.shown} onAgain={stopAll.press} onDismiss={stopAll.dismiss} />
      ) : null}
      {cars.length === 0 ? (
        <Empty title={words.garage.noCarWasHeardYet}>{words.garage.aCarsAgentSaysThat}</Empty>
      ) : (
        <Columns least="24rem" fill>
          {cars.map((about) => (
            <CarPanel
              key={about.car}
              about={about}
              models={models}
              releases={releases}
              token={mayPress ? token : null}
            />
          ))}
        </Columns>
      )}
      {mayPress && token !== null ? <Machines token={token} /> : null}
      {mayPress && token !== null ? <Versions token={token} cars={cars} releases={releases} /> : null}
      {mayPress && token !== null ? <QueueModels token={token} cars={cars} models={models} /> : null}
      {mayPress && token !== null ? (
        <Upload token={token} />
      ) : (
        <Panel title={words.garage.pitCrew}>
          <RequireCrew>{() => null}</RequireCrew>
        </Panel>
      )}
      <Panel title={words.garage.models} aside={words.garage.uploaded(models.length)}>
        <Rows>
          {models.map(({ hash, name, bytes, uploadedBy }) => (
            <li key={hash}>
              <b>{name}</b>
              <Text span flex={1} miw="7rem" c="dimmed" fz="0.95rem">
                {words.garage.uploadedModel(hash.slice(0, 8), decimal(bytes / 2 ** 20, 1), uploadedBy)}
              </Text>
            </li>
          ))}
        </Rows>
      </Panel>
    </Stack>
  );
}

function Upload({ token }: { readonly token: string }) {
  const [said, setSaid] = useState('');
  const { refetch } = useModels();
  const [asked, setAsked] = useState<{ file: File; question: unknown } | null>(null);
  const take = async (files: readonly File[], description?: string) => {
    for (const file of files) {
      setSaid(words.garage.isOnItsWay(file.name));
      try {
        const { name } = await upload(file, token, description);
        setSaid(words.garage.isHere(name));
        setAsked(null);
      } catch (error) {
        setSaid(`${file.name}: ${(error as Error).message}`);
        const question = questionOf(error);
        // What was described wrongly stays in its fields.
        if (question !== undefined) setAsked({ file, question });
        else if (description === undefined) setAsked(null);
      }
    }
    await refetch();
  };
  return (
    <Panel title={words.garage.upload}>
      <DropZone onFiles={(files) => void take(files)}>
        <TextInput
          label={words.garage.aRacersArchiveTarGz}
          description={words.garage.chooseFilesOrDropThem}
          type="file"
          accept={modelFiles}
          multiple
          onChange={({ currentTarget }) => {
            const files = [...(currentTarget.files ?? [])];
            currentTarget.value = '';
            void take(files);
          }}
        />
      </DropZone>
      <Text role="status" c="dimmed">
        {said}
      </Text>
      {asked === null ? null : (
        <DescribeModel
          key={asked.file.name}
          name={asked.file.name}
          question={asked.question}
          onDescribe={(description) => void take([asked.file], description)}
          onCancel={() => setAsked(null)}
        />
      )}
    </Panel>
  );
}
