import { Link } from 'wouter';

/** A racer's name, and the way to their page. */
export const RacerLink = ({ racer, alias }: { readonly racer: string; readonly alias: string }) => (
  <Link href={`/racers/${encodeURIComponent(racer)}`} style={{ color: 'inherit', overflowWrap: 'anywhere' }}>
    {alias}
  </Link>
);
