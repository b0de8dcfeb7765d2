import { parse } from '@pitwall/protocol';
import { type OnlineRace, type OnlineRaceEvent, OnlineRaceRecord } from '@pitwall/protocol/api';
import { useQuery } from '@tanstack/react-query';
import { useState } from 'react';
import { forms } from '../forms/index.js';
import { dateText } from '../times/index.js';
import { useCredentials } from '../visitor/index.js';
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
      <summary>What happened, and who did it</summary>
      {error === null ? null : <p role="alert">{error.message}</p>}
      <ul className={forms.list}>
        {(data ?? []).toReversed().map(({ seq, at, who: name, event }) => (
          <li key={seq}>
            {recordText(event)}{' '}
            <small className={forms.soft}>
              {name}, {dateText(at, race.setup.timeZone)}
            </small>
          </li>
        ))}
      </ul>
    </details>
  );
}

function recordText(event: OnlineRaceEvent): string {
  switch (event.type) {
    case 'created':
      return 'Created';
    case 'changed':
      return 'Changed';
    case 'closed-early':
      return 'Closed early';
    case 'link-reset':
      return 'Invitation link reset';
    case 'entered':
      return `${event.racer} entered`;
    case 'entry-removed':
      return `${event.racer} removed: ${event.reason}`;
    case 'deleted':
      return 'Deleted';
  }
}
