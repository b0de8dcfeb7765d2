import { createHash } from 'node:crypto';
import { BootId, type Micros } from '@pitwall/protocol';
import type { Crossing } from '@pitwall/protocol/messages';

/** As it is, or its sha256 where it is too long for a BootId. */
const bounded = (text: string): BootId =>
  BootId.parse(text.length <= 64 ? text : createHash('sha256').update(text).digest('hex'));

/**
 * The life in which a crossing's number counts, as records name it: that of the clock, and of the journal where the gate names
 * one. A fresh journal counts from 0 in the same life of the clock, and a copied one goes on in another.
 */
export const lifeOf = ({ bootId, journal }: Pick<Crossing, 'bootId' | 'journal'>): BootId =>
  journal === undefined ? bootId : bounded(`${bootId}.${journal}`);

/** The life of a crossing whose number another one has in `life`: the same however often it comes. */
export const lifeApart = (life: BootId, at: Micros): BootId => bounded(`${life}@${at}`);
