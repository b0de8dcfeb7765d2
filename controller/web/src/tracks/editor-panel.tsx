import { Button, Group, Stack, Text } from '@mantine/core';
import type { UploadedTrack } from '@pitwall/protocol/api';
import type { Segment } from '@pitwall/protocol/track';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { TextField } from '../forms/index.js';
import { Panel, Refusal, Soft, Split } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';
import { descriptionOf, lookAt } from './drawn-track.js';
import { Findings } from './findings.js';
import { OpenDrawing } from './open-drawing.js';
import { type Piece, PieceRow, pieceOf, segmentOf } from './piece-row.js';
import { closing, endOf, isClosed } from './segments.js';
import { sendTrack } from './use-tracks.js';

const begin: readonly Segment[] = [
  { kind: 'straight', lengthM: 3 },
  { kind: 'arc', radiusM: 1, turnDeg: 180 },
];

/** A track that is built anew keeps the building rules. */
const isRaceable = (found: UploadedTrack | string | undefined): boolean =>
  typeof found === 'object' && found.faults.length === 0 && found.violations.length === 0;

/** Straights and bends in a list, and what they make, checked with each change. */
export function EditorPanel({ token }: { readonly token: string }) {
  const [pieces, setPieces] = useState<readonly Piece[]>(() => begin.map(pieceOf));
  const [name, setName] = useState('');
  const [width, setWidth] = useState('0.61');
  const [said, setSaid] = useState<{ refused: string | null; kept: UploadedTrack | null }>({
    refused: null,
    kept: null,
  });
  const queries = useQueryClient();
  const segments = pieces.map(segmentOf);
  const good = segments.filter((one) => one !== undefined);
  const isWhole = good.length === segments.length;
  const widthM = Number(width.replace(',', '.'));
  const shut = isWhole && isClosed(good) && widthM >= 0.2 && widthM <= 3;
  const found = shut ? lookAt(descriptionOf(name, widthM, good)) : undefined;
  const end = endOf(good);
  const change = (next: readonly Piece[]) => {
    setPieces(next);
    setSaid({ refused: null, kept: null });
  };
  const add = (segment: Segment) => change([...pieces, pieceOf(segment)]);
  const snap = () => {
    const way = closing(good);
    if (way === undefined) setSaid({ refused: words.tracks.doesNotSnap, kept: null });
    else change([...pieces, ...way.map(pieceOf)]);
  };
  const keep = async () => {
    const description = descriptionOf(name, widthM, good);
    const data = new Blob([JSON.stringify(description)]);
    try {
      const kept = await sendTrack(
        { data, file: `${description.id}.json`, name: '', look: '', close: false },
        token,
        false,
      );
      setSaid({ refused: null, kept });
      await queries.invalidateQueries({ queryKey: ['tracks'] });
    } catch (error) {
      setSaid({ refused: error instanceof Error ? error.message : String(error), kept: null });
    }
  };
  const isNamed = name.trim() !== '';
  return (
    <Panel title={words.tracks.drawATrack}>
      <Soft>{words.tracks.drawHint}</Soft>
      <Split left="1fr">
        <Stack gap="xs">
          <TextField label={words.tracks.name} value={name} maxLength={60} onValue={setName} />
          <TextField label={words.tracks.roadWidth} numeric value={width} onValue={setWidth} />
          {pieces.map((piece, at) => (
            <PieceRow
              key={piece.key}
              piece={piece}
              number={at + 1}
              onChange={(next) => change(pieces.map((one) => (one.key === piece.key ? next : one)))}
              onRemove={() => change(pieces.filter((one) => one.key !== piece.key))}
            />
          ))}
          <Group gap="xs">
            <Button variant="default" onClick={() => add({ kind: 'straight', lengthM: 1 })}>
              {words.tracks.addStraight}
            </Button>
            <Button variant="default" onClick={() => add({ kind: 'arc', radiusM: 1, turnDeg: 90 })}>
              {words.tracks.addLeft}
            </Button>
            <Button variant="default" onClick={() => add({ kind: 'arc', radiusM: 1, turnDeg: -90 })}>
              {words.tracks.addRight}
            </Button>
            <Button variant="default" disabled={!isWhole || shut} onClick={snap}>
              {words.tracks.snapShut}
            </Button>
          </Group>
        </Stack>
        <Stack>
          {typeof found === 'object' ? <Findings found={found} /> : <OpenDrawing segments={good} />}
          {typeof found === 'string' ? <Refusal>{found}</Refusal> : null}
          {found === undefined ? (
            <Text>{words.tracks.open(decimal(Math.hypot(end.x, end.y), 2), decimal(Math.abs(end.turnDeg), 1))}</Text>
          ) : null}
          {said.refused === null ? null : <Refusal>{said.refused}</Refusal>}
          {said.kept === null ? null : <output>{words.tracks.kept(said.kept.name, said.kept.version)}</output>}
          {isNamed ? null : <Soft>{words.tracks.giveItAName}</Soft>}
          <Group>
            <Button disabled={!isNamed || !isRaceable(found)} onClick={keep}>
              {words.tracks.keepIt}
            </Button>
          </Group>
        </Stack>
      </Split>
    </Panel>
  );
}
