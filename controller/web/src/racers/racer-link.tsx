import { Link } from 'wouter';
import type { Racer } from './avatar.js';

/** A racer's name, and the way to their page. */
export const RacerLink = ({ racer, alias }: Pick<Racer, 'racer' | 'alias'>) => (
  <Link href={`/racers/${encodeURIComponent(racer)}`} style={{ color: 'inherit', overflowWrap: 'anywhere' }}>
    {alias}
  </Link>
);
