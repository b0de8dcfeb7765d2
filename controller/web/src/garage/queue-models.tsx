import { Button, Group, Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type CarOverview, RaceList, type UploadedModel } from '@pitwall/protocol/api';
import { RaceState } from '@pitwall/protocol/race';
import { useQuery } from '@tanstack/react-query';
import { get } from '../http/index.js';
import { Panel, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { nextModels, type QueuedModel } from './next-models.js';
import { useCarCommand } from './use-car-command.js';
import { isAway } from './words.js';

interface QueueModelsProps {
  readonly token: string;
  readonly cars: readonly CarOverview[];
  readonly models: readonly UploadedModel[];
}

/** What who drives next drives with: to be put on a car with one press. */
export function QueueModels({ token, cars, models }: QueueModelsProps) {
  const { data } = useQuery({
    queryKey: ['queue-models'],
    refetchInterval: 2000,
    queryFn: async ({ signal }) => {
      const { races } = await get('/api/v1/races', (value) => parse(RaceList, value, 'The list of races'), signal);
      const states: RaceState[] = [];
      for (const { race, phase } of races)
        if (phase === 'open')
          states.push(await get(`/api/v1/races/${race}`, (value) => parse(RaceState, value, `Race ${race}`), signal));
      return states;
    },
  });
  const next = nextModels(data ?? [], models);
  if (next.length === 0) return null;
  return (
    <Panel title={words.garage.queuesModels}>
      <Soft>{words.garage.queuesModelsSay}</Soft>
      <Rows ordered>
        {next.map((queued) => (
          <li key={`${queued.race} ${queued.racer} ${queued.model?.hash}`}>
            <Text component="b" flex={1} miw="7rem">
              {queued.alias}
              <Soft>
                {queued.raceName} · {queued.model?.name ?? words.garage.noModelEntered}
                {queued.model !== null && queued.bytes === null ? ` · ${words.garage.notHere}` : ''}
              </Soft>
            </Text>
            <Group gap="xs">
              {cars
                .filter((about) => !isAway(about) && (queued.car === null || queued.car === about.car))
                .map((about) => (
                  <StageOn key={about.car} about={about} queued={queued} token={token} />
                ))}
            </Group>
          </li>
        ))}
      </Rows>
    </Panel>
  );
}

interface StageOnProps {
  readonly about: CarOverview;
  readonly queued: QueuedModel;
  readonly token: string;
}

function StageOn({ about: { car, state }, queued: { model, bytes }, token }: StageOnProps) {
  const { give, said } = useCarCommand(car, token);
  if (model === null || state?.models === undefined) return null;
  const carried = state.models.find(({ hash }) => hash === model.hash);
  if (carried !== undefined)
    return (
      <Text c="var(--go)" fw={700}>
        {words.garage.onCar(car)}
        {carried.state === 'staging' ? words.garage.beingStaged : ''}
      </Text>
    );
  if (bytes === null) return null;
  const { hash, name } = model;
  return (
    <>
      <Button size="xs" onClick={() => void give({ type: 'stage', hash, name, bytes }, words.garage.stageName(name))}>
        {words.garage.stageOn(car)}
      </Button>
      <Text role="status" c="dimmed" fz="0.9rem">
        {said}
      </Text>
    </>
  );
}
