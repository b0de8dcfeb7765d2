import { Button, Group } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type EventSetup, PersonList } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { words } from '../event-words/index.js';
import { ChoiceField, FieldGroup } from '../forms/index.js';
import { ask } from '../http/index.js';
import { Panel, Rows, Soft } from '../shell/index.js';

type Staff = EventSetup['staff'];
type Role = Staff[number]['role'];

interface StaffFieldsProps {
  readonly token: string;
  readonly staff: Staff;
  readonly onStaff: (staff: Staff) => void;
}

/** Who runs the event beside its organizer. */
export function StaffFields({ token, staff, onStaff }: StaffFieldsProps) {
  const { data } = useQuery({
    queryKey: ['event-people', token],
    queryFn: async ({ signal }) => {
      const answer = await ask('/api/v1/people?limit=500', { token, signal });
      return parse(PersonList, await answer.json(), 'The list of people').people;
    },
  });
  const [person, setPerson] = useState('');
  const [role, setRole] = useState<Role>('marshal');
  const aliases = new Map(data?.map(({ racer, alias }) => [racer as string, alias]));
  const roles = Object.entries(words.events.staffRoles) as [Role, string][];
  const isThere = staff.some((one) => one.name === person && one.role === role);
  return (
    <Panel title={words.events.staff}>
      <Soft>{words.events.staffHint}</Soft>
      <Rows>
        {staff.map((one) => (
          <li key={`${one.role} ${one.name}`}>
            <b>{aliases.get(one.name) ?? one.name}</b> {words.events.staffRoles[one.role]}
            <Button variant="default" size="xs" onClick={() => onStaff(staff.filter((other) => other !== one))}>
              {words.events.takeOut(aliases.get(one.name) ?? one.name)}
            </Button>
          </li>
        ))}
      </Rows>
      <FieldGroup title={words.events.addPerson}>
        <ChoiceField
          label={words.events.person}
          value={person}
          options={[['', '–'] as const, ...aliases]}
          onValue={setPerson}
        />
        <ChoiceField label={words.events.role} value={role} options={roles} onValue={setRole} />
        <Group align="end">
          <Button
            variant="default"
            disabled={person === '' || isThere}
            onClick={() => onStaff([...staff, { name: person, role }])}
          >
            {words.events.addPerson}
          </Button>
        </Group>
      </FieldGroup>
    </Panel>
  );
}
