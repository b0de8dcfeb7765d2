import { Button, Group, Stack } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { RaceList } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { words } from '../event-words/index.js';
import { ChoiceField, FieldGroup, TextField } from '../forms/index.js';
import { ask } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Panel, Soft } from '../shell/index.js';
import { type ItemFields, nextItem } from './event-draft.js';

interface ProgramFieldsProps {
  readonly program: readonly ItemFields[];
  /** Of the event, as it is typed. */
  readonly startsAt: string;
  readonly onProgram: (program: readonly ItemFields[]) => void;
}

/** What happens when, line by line. */
export function ProgramFields({ program, startsAt, onProgram }: ProgramFieldsProps) {
  const { token } = useSession();
  const { data } = useQuery({
    queryKey: ['event-races', token],
    queryFn: async ({ signal }) =>
      parse(RaceList, await (await ask('/api/v1/races', { token, signal })).json(), 'The list of races'),
  });
  const races = new Map<string, string>([
    ...(data?.races ?? []).map(({ race, name }) => [race as string, name] as const),
    ...(data?.online ?? []).flatMap(({ race, setup, you }) =>
      you === 'organizer' ? [[race as string, `${setup.name} (${words.events.raceKinds.online})`] as const] : [],
    ),
  ]);
  const taken = new Set(program.map(({ race }) => race));
  const put = (index: number, part: Partial<ItemFields>) =>
    onProgram(program.map((item, at) => (at === index ? { ...item, ...part } : item)));
  return (
    <Panel title={words.events.program}>
      <Stack gap="sm">
        {program.map((item, index) => {
          const options = [...races].filter(([race]) => race === item.race || !taken.has(race));
          const known = item.race === '' || races.has(item.race) ? [] : [[item.race, item.race] as const];
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: lines have no name of their own
            <FieldGroup key={index} title={`${words.events.item} ${index + 1}`} least="14rem">
              <ChoiceField
                label={words.events.race}
                value={item.race}
                options={[['', `– ${words.events.noRace} –`] as const, ...known, ...options]}
                onValue={(race) => put(index, { race })}
              />
              <TextField
                label={words.events.name}
                value={item.name}
                maxLength={100}
                placeholder={races.get(item.race)}
                onValue={(name) => put(index, { name })}
              />
              <TextField
                label={words.events.startsAt}
                type="datetime-local"
                value={item.startsAt}
                onValue={(from) => put(index, { startsAt: from })}
              />
              <TextField
                label={words.events.endsAt}
                type="datetime-local"
                value={item.endsAt}
                onValue={(to) => put(index, { endsAt: to })}
              />
              <Button
                variant="default"
                size="xs"
                style={{ alignSelf: 'end' }}
                onClick={() => onProgram(program.filter((_, at) => at !== index))}
              >
                {words.events.takeOut(`${words.events.item} ${index + 1}`)}
              </Button>
            </FieldGroup>
          );
        })}
        <Soft>{words.events.shiftHint}</Soft>
        <Group>
          <Button variant="default" onClick={() => onProgram([...program, nextItem(program, startsAt)])}>
            {words.events.addItem}
          </Button>
        </Group>
      </Stack>
    </Panel>
  );
}
