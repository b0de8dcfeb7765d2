import { Link } from 'wouter';
import { words } from '../words/index.js';

/** From a board to what is known across all of them. */
export const AcrossLinks = () => (
  <>
    <Link href="/seasons">{words.racers.seasons}</Link>
    <Link href="/statistics">{words.racers.statistics}</Link>
  </>
);
