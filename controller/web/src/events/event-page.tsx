import { Button, Group, Stack, Text } from '@mantine/core';
import { isPitwallError } from '@pitwall/protocol';
import type { RaceEventView } from '@pitwall/protocol/api';
import { lazy, Suspense } from 'react';
import { Link } from 'wouter';
import { BoardPanel } from '../boards/index.js';
import { words } from '../event-words/index.js';
import { SeasonTable } from '../seasons/index.js';
import { Note, PageTitle, Panel, Rows, Soft, Split } from '../shell/index.js';
import { dateText, lapTime } from '../times/index.js';
import { type Item, itemsOf, sorted } from './program.js';
import { QrPanel } from './qr.js';
import { eventPath, ownZone, useCombined, useEvent } from './use-events.js';

/** Few visitors are its organizer: the others' phones do not load it. */
const OwnPanel = lazy(() => import('./own-panel.js'));
const PicturesPanel = lazy(() => import('./pictures-panel.js'));

/** An event: what is on, what comes, who won, where to race. */
export default function EventPage({ event }: { readonly event: string }) {
  const { data, error } = useEvent(event);
  if (data !== undefined) return <Shown view={data} />;
  if (error === null) return <Note title={words.common.oneMoment} />;
  const isNone = isPitwallError(error) && ['not-found', 'message-invalid'].includes(error.code);
  return isNone ? (
    <Note title={words.events.noSuchEvent}>
      <Link href="/events">{words.events.events}</Link>
    </Note>
  ) : (
    <Note title={words.events.cannotBeRead}>{error.message}</Note>
  );
}

function Shown({ view }: { readonly view: RaceEventView }) {
  const { event, setup, organizer, boards, staff, yours, now, hallUrl } = view;
  const mayJoin = setup.joining !== 'closed' && view.phase !== 'over';
  const items = itemsOf(view);
  const { on, next, finished } = sorted(items, now);
  const online = items.filter(({ race }) => race?.kind === 'online' && race.phase === 'open');
  const combined = useCombined(event, setup.points.length > 0);
  return (
    <>
      <PageTitle
        aside={
          <>
            {[setup.place, words.events.organizedBy(organizer)].filter((part) => part !== '').join(' · ')}
            {mayJoin ? (
              <Button component={Link} href={`/events/${event}/join`}>
                {words.events.join}
              </Button>
            ) : null}
            <Link href="/events">{words.events.events}</Link>
            <Link href={`/events/${event}/screen`}>{words.events.screen}</Link>
            {yours ? (
              <Button component={Link} href={`/events/${event}/door`} variant="default" size="xs">
                {words.events.door}
              </Button>
            ) : null}
            {yours ? (
              <Button component={Link} href={`/events/${event}/change`} variant="default" size="xs">
                {words.events.change}
              </Button>
            ) : null}
          </>
        }
      >
        {setup.name}
      </PageTitle>
      <Text mb="sm">
        {words.events.kinds[setup.kind]} ·{' '}
        {words.events.fromTo(dateText(setup.startsAt, ownZone), dateText(setup.endsAt, ownZone))}
      </Text>
      {setup.description === '' ? null : (
        <Text mb="sm" style={{ whiteSpace: 'pre-wrap', overflowWrap: 'anywhere' }}>
          {setup.description}
        </Text>
      )}
      <Split>
        <Stack>
          <Panel title={words.events.now}>
            {on.length === 0 ? <Soft>{words.events.nothingNow}</Soft> : <Items items={on} />}
          </Panel>
          {next.length === 0 ? null : (
            <Panel title={words.events.next}>
              <Items items={next.slice(0, 3)} />
            </Panel>
          )}
          {online.length === 0 ? null : (
            <Panel title={words.events.raceOnline}>
              <Items items={online} />
            </Panel>
          )}
          {finished.length === 0 ? null : (
            <Panel title={words.events.finished}>
              <Items items={finished} />
            </Panel>
          )}
          {combined.data === undefined ? null : (
            <Panel title={words.events.combined}>
              <SeasonTable {...combined.data} />
            </Panel>
          )}
          {boards.map(({ id }) => (
            <BoardPanel key={id} id={id} most={5} />
          ))}
        </Stack>
        <Stack>
          <Panel
            title={words.events.program}
            aside={<a href={`${eventPath(event)}/calendar.ics`}>{words.events.calendar}</a>}
          >
            {items.length === 0 ? <Soft>{words.events.noProgram}</Soft> : <Items items={items} />}
            <Soft>{words.events.yourZone(ownZone)}</Soft>
          </Panel>
          <QrPanel
            title={mayJoin ? words.events.joinHere : words.events.thisPage}
            origin={hallUrl}
            path={`/events/${event}${mayJoin ? '/join' : ''}`}
          />
          {staff.length === 0 ? null : (
            <Panel title={words.events.staff}>
              <Rows>
                {staff.map(({ alias, role }) => (
                  <li key={`${role} ${alias}`}>
                    <b>{alias}</b> {words.events.staffRoles[role]}
                  </li>
                ))}
              </Rows>
            </Panel>
          )}
          {yours ? (
            <Suspense fallback={null}>
              <OwnPanel view={view} />
              <PicturesPanel event={event} />
            </Suspense>
          ) : null}
        </Stack>
      </Split>
    </>
  );
}

const Items = ({ items }: { readonly items: readonly Item[] }) => (
  <Rows block>
    {items.map(({ key, name, startsAt, race }) => (
      <li key={key}>
        <Group justify="space-between" gap="0 1rem">
          <Text fw={700} style={{ overflowWrap: 'anywhere' }}>
            {race === undefined ? (
              name
            ) : (
              <Link href={race.kind === 'online' ? `/online/${race.race}` : `/races/${race.race}`}>{name}</Link>
            )}
          </Text>
          <Text c="dimmed">{dateText(startsAt, ownZone)}</Text>
        </Group>
        {race === undefined ? null : <Soft>{aboutRace(race)}</Soft>}
      </li>
    ))}
  </Rows>
);

function aboutRace({ kind, phase, entries, winner }: NonNullable<Item['race']>): string {
  const isOver = phase === 'closed' || phase === 'official';
  const ending = winner === null ? words.events.noWinner : words.events.winner(winner.alias, lapTime(winner.score));
  return [
    words.events.raceKinds[kind],
    words.events.phases[phase],
    words.events.racers(entries),
    ...(isOver ? [ending] : []),
  ].join(' · ');
}
