import { Button, Group, Text, TextInput } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { OwnEntries, OwnModel, OwnModels as OwnModelList } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ChoiceField, DescribeModel, DropZone, modelFiles, modelNameOf, questionOf } from '../forms/index.js';
import { ask, cookieSession } from '../http/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { decimal, words } from '../words/index.js';

type Model = OwnModel;
type Entry = OwnEntries['entries'][number];

const token = cookieSession;
const modelsKey = ['account', 'models'];
const entriesKey = ['account', 'entries'];

/** A racer's models: uploaded once, and entered in as many races as they like. */
export function OwnModels() {
  const queries = useQueryClient();
  const [said, setSaid] = useState('');
  const [refusal, setRefusal] = useState<string | null>(null);
  const [asked, setAsked] = useState<{ file: File; question: unknown } | null>(null);
  const { data: models } = useQuery({
    queryKey: modelsKey,
    queryFn: async ({ signal }) =>
      parse(OwnModelList, await (await ask('/api/v1/account/models', { token, signal })).json(), 'Your models').models,
  });
  const { data: entries } = useQuery({
    queryKey: entriesKey,
    refetchInterval: 15_000,
    queryFn: async ({ signal }) =>
      parse(OwnEntries, await (await ask('/api/v1/account/entries', { token, signal })).json(), 'Your races').entries,
  });
  const act = async (doing: () => Promise<string>) => {
    setRefusal(null);
    try {
      setSaid(await doing());
    } catch (error) {
      setSaid('');
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    }
    await queries.invalidateQueries({ queryKey: modelsKey });
    await queries.invalidateQueries({ queryKey: entriesKey });
  };
  const upload = (file: File, description?: string) =>
    act(async () => {
      const name = modelNameOf(file.name).slice(0, 200) || 'model';
      setSaid(words.accounts.checking(name));
      const query = new URLSearchParams({ name, ...(description === undefined ? {} : { description }) });
      try {
        const answer = await ask(`/api/v1/account/models?${query}`, { method: 'POST', token, body: file });
        setAsked(null);
        return words.accounts.isKept(parse(OwnModel, await answer.json(), 'The model').name);
      } catch (error) {
        const question = questionOf(error);
        // What was described wrongly stays in its fields.
        if (question !== undefined) setAsked({ file, question });
        else if (description === undefined) setAsked(null);
        throw error;
      }
    });
  const remove = ({ hash }: Model) =>
    act(async () => {
      await ask(`/api/v1/account/models/${hash}`, { method: 'DELETE', token });
      return '';
    });
  const use = ({ race, name: called }: Entry, { hash, name }: Model) =>
    act(async () => {
      await ask(`/api/v1/races/${race}/entries`, { method: 'POST', token, body: { model: hash } });
      return words.accounts.used(name, called);
    });
  return (
    <Panel title={words.accounts.models}>
      {models?.length === 0 ? <Soft>{words.accounts.noModels}</Soft> : null}
      {models?.map((model) => (
        <Group key={model.hash} justify="space-between">
          <Text style={{ overflowWrap: 'anywhere' }}>
            {words.accounts.modelSays(model.name, words.common.megabytes(decimal(model.bytes / 2 ** 20, 1)))}
          </Text>
          <Button variant="default" size="xs" onClick={() => void remove(model)}>
            {words.accounts.deleteModel(model.name)}
          </Button>
        </Group>
      ))}
      <DropZone
        onFiles={([file]) => {
          if (file !== undefined) void upload(file);
        }}
      >
        <TextInput
          label={words.accounts.uploadModel}
          description={words.accounts.chooseFile}
          type="file"
          accept={modelFiles}
          onChange={({ currentTarget }) => {
            const file = currentTarget.files?.[0];
            if (file !== undefined) void upload(file);
            currentTarget.value = '';
          }}
        />
      </DropZone>
      {asked === null ? null : (
        <DescribeModel
          name={asked.file.name}
          question={asked.question}
          onDescribe={(description) => void upload(asked.file, description)}
          onCancel={() => setAsked(null)}
        />
      )}
      {entries === undefined || models === undefined || models.length === 0 ? null : entries.length === 0 ? (
        <Soft>{words.accounts.noRaceForModels}</Soft>
      ) : (
        <>
          {entries.map((entry) => (
            <EntryModel key={entry.race} entry={entry} models={models} onUse={(model) => void use(entry, model)} />
          ))}
          <Soft>{words.accounts.raceWithHint}</Soft>
        </>
      )}
      <Text role="status">{said}</Text>
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}

interface EntryModelProps {
  readonly entry: Entry;
  readonly models: readonly Model[];
  readonly onUse: (model: Model) => void;
}

function EntryModel({ entry, models, onUse }: EntryModelProps) {
  const [wanted, setWanted] = useState<string | null>(null);
  const now = entry.model?.hash ?? '';
  const value = wanted ?? (now as string);
  const chosen = models.find(({ hash }) => hash === value);
  const others = entry.model !== null && models.every(({ hash }) => hash !== now) ? [entry.model] : [];
  return (
    <Group align="end" gap="xs">
      <ChoiceField
        label={words.accounts.modelIn(entry.name)}
        value={value}
        options={[
          ...(now === '' ? [['', words.accounts.noModelChosen] as const] : []),
          ...[...others, ...models].map(({ hash, name }) => [hash as string, name] as const),
        ]}
        onValue={setWanted}
      />
      <Button
        variant="default"
        aria-label={`${words.accounts.useIt}: ${entry.name}`}
        disabled={chosen === undefined || value === now}
        onClick={() => {
          if (chosen !== undefined) onUse(chosen);
        }}
      >
        {words.accounts.useIt}
      </Button>
    </Group>
  );
}
