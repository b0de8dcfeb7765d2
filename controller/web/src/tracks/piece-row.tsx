import { ActionIcon, Group, Text } from '@mantine/core';
import { Segment } from '@pitwall/protocol/track';
import { TextField } from '../forms/index.js';
import { words } from '../staff-words/index.js';

/** A segment as it is being typed. */
export interface Piece {
  readonly key: string;
  readonly kind: Segment['kind'];
  /** The length of a straight, the radius of a bend. */
  readonly first: string;
  readonly turn: string;
}

export const pieceOf = (segment: Segment): Piece => ({
  key: crypto.randomUUID(),
  kind: segment.kind,
  first: String(segment.kind === 'straight' ? segment.lengthM : segment.radiusM),
  turn: segment.kind === 'straight' ? '' : String(segment.turnDeg),
});

/** Undefined where what stands there is none. */
export function segmentOf({ kind, first, turn }: Piece): Segment | undefined {
  const number = (text: string) => Number(text.replace(',', '.').replace('−', '-'));
  const wanted =
    kind === 'straight' ? { kind, lengthM: number(first) } : { kind, radiusM: number(first), turnDeg: number(turn) };
  return Segment.safeParse(wanted).data;
}

interface PieceRowProps {
  readonly piece: Piece;
  readonly number: number;
  readonly onChange: (piece: Piece) => void;
  readonly onRemove: () => void;
}

export function PieceRow({ piece, number, onChange, onRemove }: PieceRowProps) {
  const isStraight = piece.kind === 'straight';
  const isGood = segmentOf(piece) !== undefined;
  return (
    <Group gap="xs" wrap="nowrap" data-testid="piece">
      <Text w="6rem" flex="none">
        {number}. {isStraight ? words.tracks.straight : words.tracks.bend}
      </Text>
      <TextField
        aria-label={isStraight ? words.tracks.lengthOfPiece(number) : words.tracks.radiusOfPiece(number)}
        numeric
        value={piece.first}
        error={isGood ? null : words.tracks.noNumber}
        rightSection={<Text c="dimmed">{words.tracks.metres('')}</Text>}
        onValue={(first) => onChange({ ...piece, first })}
      />
      {isStraight ? null : (
        <TextField
          aria-label={words.tracks.turnOfPiece(number)}
          numeric
          value={piece.turn}
          rightSection={<Text c="dimmed">°</Text>}
          onValue={(turn) => onChange({ ...piece, turn })}
        />
      )}
      <ActionIcon variant="default" size="lg" aria-label={words.tracks.remove(number)} onClick={onRemove}>
        ×
      </ActionIcon>
    </Group>
  );
}
