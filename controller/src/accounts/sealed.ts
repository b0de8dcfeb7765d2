import { createHmac, timingSafeEqual } from 'node:crypto';
import { parseJson } from '@pitwall/protocol';
import type { z } from 'zod';

/** What a browser keeps for us and cannot change: JSON, its end, and a seal (HMAC-SHA-256) over both, for one purpose. */
export class Sealed {
  readonly #secret: string;
  readonly #now: () => number;

  constructor(secret: string, now: () => number) {
    this.#secret = secret;
    this.#now = now;
  }

  /** `lasts`: ms. */
  close(purpose: string, value: object, lasts: number): string {
    const plain = `${Buffer.from(JSON.stringify(value)).toString('base64url')}.${(this.#now() + lasts).toString(36)}`;
    return `${plain}.${this.#seal(purpose, plain)}`;
  }

  /** Undefined where it is not ours, or too old. */
  open<Schema extends z.ZodType>(
    purpose: string,
    schema: Schema,
    text: string | undefined,
  ): z.output<Schema> | undefined {
    const [body = '', until = '', seal = ''] = (text ?? '').split('.');
    const [given, right] = [Buffer.from(seal), Buffer.from(this.#seal(purpose, `${body}.${until}`))];
    if (given.length !== right.length || !timingSafeEqual(given, right)) return undefined;
    if (Number.parseInt(until, 36) <= this.#now()) return undefined;
    return parseJson(schema, Buffer.from(body, 'base64url').toString(), 'What was sealed');
  }

  #seal(purpose: string, plain: string): string {
    return createHmac('sha256', this.#secret).update(`sealed\n${purpose}\n${plain}`).digest('base64url');
  }
}
