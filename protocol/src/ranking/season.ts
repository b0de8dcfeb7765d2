/** One race's part in a season: the board's racers in order of their places. */
export interface SeasonRace {
  readonly leaderboard: string;
  readonly order: readonly string[];
}

export interface SeasonRules {
  /** Points of the first place, the second… Nobody behind gets any. */
  readonly points: readonly number[];
  /** Only so many of a racer's races count, the best; null counts all. */
  readonly bestOf: number | null;
}

export interface SeasonScore {
  /** Which of the races, from 0. */
  readonly race: number;
  readonly leaderboard: string;
  readonly place: number;
  readonly points: number;
  /** Whether it is among those that count. */
  readonly counts: boolean;
}

export interface SeasonRow {
  readonly rank: number;
  readonly racer: string;
  readonly points: number;
  readonly races: readonly SeasonScore[];
}

const sum = (scores: readonly SeasonScore[]): number =>
  scores.reduce((total, { points, counts }) => total + (counts ? points : 0), 0);

/** More points first; equal ones by the better places, best against best, among those that count. */
function compare(a: readonly SeasonScore[], b: readonly SeasonScore[]): number {
  const difference = sum(b) - sum(a);
  if (difference !== 0) return difference;
  const places = (scores: readonly SeasonScore[]) =>
    scores
      .filter(({ counts }) => counts)
      .map(({ place }) => place)
      .sort((one, other) => one - other);
  const [ours, theirs] = [places(a), places(b)];
  for (let index = 0; index < Math.max(ours.length, theirs.length); index += 1) {
    const better = (ours[index] ?? Number.MAX_SAFE_INTEGER) - (theirs[index] ?? Number.MAX_SAFE_INTEGER);
    if (better !== 0) return better;
  }
  return 0;
}

/** A season's standings. Who is equal in points and places shares a rank, in order of id. */
export function seasonStandings(races: readonly SeasonRace[], { points, bestOf }: SeasonRules): SeasonRow[] {
  const scores = new Map<string, SeasonScore[]>();
  for (const [race, { leaderboard, order }] of races.entries())
    for (const [index, racer] of order.slice(0, points.length).entries()) {
      const score = { race, leaderboard, place: index + 1, points: points[index] ?? 0, counts: true };
      scores.set(racer, [...(scores.get(racer) ?? []), score]);
    }
  const rows = [...scores].map(([racer, all]) => {
    const best = [...all].sort((a, b) => b.points - a.points || a.place - b.place).slice(0, bestOf ?? all.length);
    return { racer, races: all.map((score) => ({ ...score, counts: best.includes(score) })) };
  });
  rows.sort((a, b) => compare(a.races, b.races) || (a.racer < b.racer ? -1 : 1));
  const ranked: SeasonRow[] = [];
  for (const [index, { racer, races: all }] of rows.entries()) {
    const before = ranked.at(-1);
    const rank = before !== undefined && compare(before.races, all) === 0 ? before.rank : index + 1;
    ranked.push({ rank, racer, points: sum(all), races: all });
  }
  return ranked;
}
