import { Button, Stack, Table } from '@mantine/core';
import type { TrackOutline } from '@pitwall/protocol/api';
import type { Segment, TrackDescription } from '@pitwall/protocol/track';
import { Link } from 'wouter';
import { useAccount, useSession } from '../session/index.js';
import { Note, PageTitle, Panel, Soft } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { MapBox, mapBox, TrackMap, useTrack } from '../track/index.js';
import { BendTemplates } from './bend-templates.js';
import { ChangePanel } from './change-panel.js';
import { pointsAlong } from './open-drawing.js';
import { PlanDrawing } from './plan-drawing.js';
import { endOf, lengthOf } from './segments.js';

/** A track as one lays it: drawn, each piece with its measures, and templates of its bends. Made for paper. */
export default function PlanPage({ track: id }: { readonly track: string }) {
  const { data, error } = useTrack(id);
  const { token } = useSession();
  const { data: account } = useAccount(token);
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.tracks.thisTrackCannotBeRead}>{error.message}</Note>
    );
  const { description } = data;
  return (
    <Stack>
      <PageTitle
        aside={
          <>
            <Link href="/tracks">{words.tracks.back}</Link>
            <Button variant="default" onClick={() => window.print()}>
              {words.tracks.print}
            </Button>
          </>
        }
      >
        {words.tracks.plan(data.name)}
      </PageTitle>
      <Soft>
        {words.tracks.metresRoundAndWide(decimal(data.lengthM, 2), decimal(data.widthM, 2))} ·{' '}
        {words.common.directions[data.direction]} · {roomOf(data)}
      </Soft>
      {description === null ? (
        <>
          <MapBox>
            <TrackMap track={data} direction={data.direction} car={null} />
          </MapBox>
          <Soft>{words.tracks.linesOnly}</Soft>
        </>
      ) : (
        <>
          <Panel title={words.tracks.planToPrint}>
            <PlanDrawing track={data} description={description} />
            <Soft>{words.tracks.planHint}</Soft>
            <Pieces description={description} />
          </Panel>
          <BendTemplates description={description} />
        </>
      )}
      {data.uploaded && token !== null && account?.may.includes('organizer') === true ? (
        <ChangePanel key={data.version} track={data} token={token} />
      ) : null}
    </Stack>
  );
}

function roomOf({ outline }: TrackOutline): string {
  const { width, height } = mapBox([...outline.outer, ...outline.inner], 0);
  return words.tracks.roomNeeded(decimal(width, 2), decimal(height, 2));
}

function Pieces({ description: { segments, widthM } }: { readonly description: TrackDescription }) {
  // The lower left corner of the road's room, as far as the centre line tells it.
  const along = pointsAlong(segments);
  const [minX, minY] = [0, 1].map((axis) => Math.min(...along.map((point) => point[axis] as number)) - widthM / 2);
  const columns = words.tracks.columns;
  return (
    <Table.ScrollContainer minWidth="34rem">
      <Table>
        <Table.Thead>
          <Table.Tr>
            {[columns.piece, columns.what, columns.x, columns.y, columns.heading, columns.outer].map((title) => (
              <Table.Th key={title}>{title}</Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {segments.map((segment, at) => {
            const { x, y, turnDeg } = endOf(segments.slice(0, at));
            const name = `${at + 1}`;
            return (
              <Table.Tr key={name}>
                <Table.Td>{name}</Table.Td>
                <Table.Td>{inWords(segment)}</Table.Td>
                <Table.Td>{decimal(x - (minX ?? 0), 2)}</Table.Td>
                <Table.Td>{decimal(y - (minY ?? 0), 2)}</Table.Td>
                <Table.Td>{decimal(((turnDeg % 360) + 360) % 360, 1)}</Table.Td>
                <Table.Td>
                  {segment.kind === 'arc'
                    ? `${decimal(segment.radiusM + widthM / 2, 2)}, ${decimal(segment.radiusM - widthM / 2, 2)}`
                    : ''}
                </Table.Td>
              </Table.Tr>
            );
          })}
        </Table.Tbody>
      </Table>
    </Table.ScrollContainer>
  );
}

function inWords(segment: Segment): string {
  const length = decimal(lengthOf([segment]), 2);
  if (segment.kind === 'straight') return words.tracks.straightOf(length);
  const side = segment.turnDeg > 0 ? words.tracks.left : words.tracks.right;
  return words.tracks.bendOf(decimal(segment.radiusM, 2), decimal(Math.abs(segment.turnDeg), 1), side, length);
}
