import { Button, Stack, Title } from '@mantine/core';
import type { EventSummary } from '@pitwall/protocol/api';
import { Link } from 'wouter';
import { words } from '../event-words/index.js';
import { useAccount, useSession } from '../session/index.js';
import { LargeLink, LinkList, Narrow, Note, PageTitle, Soft } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { ownZone, useEvents, type When } from './use-events.js';

/** Events that are on, coming and past: for everybody. */
export default function EventsPage() {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const on = useEvents('on');
  if (on.data === undefined)
    return on.error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.events.cannotBeRead}>{on.error.message}</Note>
    );
  return (
    <Narrow>
      <PageTitle
        aside={
          account?.may.includes('organizer') ? (
            <Button component={Link} href="/events/new">
              {words.events.newEvent}
            </Button>
          ) : undefined
        }
      >
        {words.events.events}
      </PageTitle>
      <Stack>
        <Soft>{words.events.yourZone(ownZone)}</Soft>
        <List when="on" title={words.events.on} />
        <List when="coming" title={words.events.coming} />
        <List when="past" title={words.events.past} />
      </Stack>
    </Narrow>
  );
}

function List({ when, title }: { readonly when: When; readonly title: string }) {
  const { data } = useEvents(when);
  if (data === undefined) return null;
  return (
    <section aria-label={title}>
      <Title order={2} fz="1.1rem" mb="xs" c="dimmed">
        {title}
      </Title>
      {data.length === 0 ? <Soft>{words.events.none}</Soft> : null}
      <LinkList>
        {data.map((event) => (
          <EventLink key={event.event} event={event} />
        ))}
      </LinkList>
    </section>
  );
}

const EventLink = ({ event }: { readonly event: EventSummary }) => (
  <LargeLink href={`/events/${event.event}`}>
    {event.name}
    <Soft>
      {[
        words.events.kinds[event.kind],
        event.place,
        words.events.fromTo(dateText(event.startsAt, ownZone), dateText(event.endsAt, ownZone)),
      ]
        .filter((part) => part !== '')
        .join(' · ')}
    </Soft>
  </LargeLink>
);
