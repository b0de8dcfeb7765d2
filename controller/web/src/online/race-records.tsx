import { Text } from '@mantine/core';
import { parse } from '@pitwall/protocol';
import { type OnlineRace, type OnlineRaceEvent, OnlineRaceRecord } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { words } from '../online-words/index.js';
import { useCredentials } from '../session/index.js';
import { Rows } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { racePath, read } from './use-online.js';

/** What happened to the race and who did it, newest first; read when it is asked for. */
export function RaceRecords({ race }: { readonly race: OnlineRace }) {
  const who = useCredentials(race.race);
  const [open, setOpen] = useState(false);
  const { data, error } = useQuery({
    queryKey: ['online', 'log', who.token ?? '', race.race, race.version, race.entries],
    enabled: open,
    queryFn: ({ signal }) =>
      read(
        `${racePath(race.race)}/log`,
        who,
        (value) =>
          (value as { records: unknown[] }).records.map((record) => parse(OnlineRaceRecord, record, 'A record')),
        signal,
      ),
  });
  return (
    <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>{words.online.whatHappenedAndWhoDid}</summary>
      {error === null ? null : <p role="alert">{error.message}</p>}
      <Rows block>
        {(data ?? []).toReversed().map(({ seq, at, who: name, event }) => (
          <li key={seq}>
            {recordText(event)}{' '}
            <Text component="small" c="dimmed" fz="0.95rem">
              {name}, {dateText(at, race.setup.timeZone)}
            </Text>
          </li>
        ))}
      </Rows>
    </details>
  );
}

function recordText(event: OnlineRaceEvent): string {
  switch (event.type) {
    case 'created':
      return words.online.created;
    case 'changed':
      return words.online.changed;
    case 'closed-early':
      return words.online.closedEarly;
    case 'link-reset':
      return words.online.invitationLinkReset;
    case 'entered':
      return words.online.racerEntered(event.racer);
    case 'entry-removed':
      return words.online.removed(event.racer, event.reason);
    case 'imported':
      return words.online.imported(event.results, event.from);
    case 'deleted':
      return words.online.deleted;
  }
}
