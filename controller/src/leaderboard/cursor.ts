import { PitwallError } from '@pitwall/protocol';
import { z } from 'zod';
import type { Column, Ranked } from './standing-index.js';

const Shape = z.tuple([z.enum(['physical', 'virtual', 'combined']), z.number().int(), z.number().int(), z.string()]);

export interface PageCursor {
  readonly column: Column;
  readonly placing: { readonly score: number; readonly finishedAt: number; readonly resultId: string };
}

/** The next page starts after this row, wherever that is by then. */
export function cursorAfter(
  column: Column,
  { score, finishedAt, resultId }: Omit<Ranked, 'racer' | 'kind' | 'country' | 'division'>,
): string {
  return Buffer.from(JSON.stringify([column, score, finishedAt, resultId])).toString('base64url');
}

/** @throws PitwallError `message-invalid`. */
export function readCursor(text: string): PageCursor {
  try {
    const [column, score, finishedAt, resultId] = Shape.parse(JSON.parse(Buffer.from(text, 'base64url').toString()));
    return { column, placing: { score, finishedAt, resultId } };
  } catch (cause) {
    throw new PitwallError('message-invalid', 'The cursor is none that a page of standings gave.', { cause });
  }
}
