import type { BootId, GateId, Micros } from '@pitwall/protocol';
import type { GateTrouble } from '@pitwall/protocol/api';
import type { GatePresence } from '@pitwall/protocol/messages';

const second = 1_000_000;
/** A gate answers within milliseconds; this long and this many questions without an answer, and it is told within 3 s. */
const silentAfter = 2 * second;
const silentQuestions = 4;
/** No passage takes longer; crossings that follow each other as quickly as this are one. */
const longestPassage = 5 * second;
const passageGap = 1.5 * second;
/** After edges were lost, a crossing shows that the gate works again, if no more were lost for so long. */
const lossCalm = 10 * second;
/** What was under way when a connection broke comes again within a moment; a gate that hears no answer goes on and on. */
const repeatsFor = 5 * second;
const repeatsOver = 15 * second;

/** What tells how a gate is. Times are of the controller's clock. */
export interface Signs {
  readonly gate: GateId;
  presence: Pick<GatePresence, 'status' | 'sensor' | 'keeping'> | undefined;
  /** When it was heard last, and the questions asked since. */
  heardAt: Micros | undefined;
  unanswered: number;
  /** Whether it ever answered one. */
  answers: boolean;
  /** Lost edges as it said last, when they became more, and by how many since the last crossing that showed it to be well. */
  lost: number | undefined;
  lostAt: Micros | undefined;
  lostSince: number;
  /** When its last new crossing came. */
  crossingAt: Micros | undefined;
  /** Duplicates since then. */
  repeats: { readonly from: Micros; to: Micros } | undefined;
  /** The latest passage, in the gate's clock. */
  passage: { readonly bootId: BootId; readonly from: Micros; to: Micros } | undefined;
}

export function heard(signs: Signs, now: Micros): void {
  signs.heardAt = now;
  signs.unanswered = 0;
}

export function presenceCame(signs: Signs, presence: GatePresence, now: Micros): void {
  signs.presence = presence;
  // A retained presence is old news; only the living are seen.
  if (presence.status === 'online') heard(signs, now);
  const more = signs.lost === undefined ? 0 : presence.lost - signs.lost;
  signs.lost = presence.lost;
  if (more <= 0) return;
  signs.lostSince = (isLosing(signs, now) ? signs.lostSince : 0) + more;
  signs.lostAt = now;
}

const isLosing = ({ lostAt, crossingAt }: Signs, now: Micros): boolean =>
  lostAt !== undefined && !(crossingAt !== undefined && crossingAt > lostAt && now - lostAt > lossCalm);

export function duplicateCame(signs: Signs, now: Micros): void {
  if (signs.repeats === undefined || now - signs.repeats.to > repeatsOver) signs.repeats = { from: now, to: now };
  else signs.repeats.to = now;
}

/** `at` is in the gate's clock. Cars with transponders may follow each other as closely as they like. */
export function crossingCame(
  signs: Signs,
  {
    bootId,
    at,
    transponder,
  }: { readonly bootId: BootId; readonly at: Micros; readonly transponder?: string | undefined },
  now: Micros,
): void {
  signs.crossingAt = now;
  signs.repeats = undefined;
  const { passage } = signs;
  const goesOn =
    transponder === undefined && passage?.bootId === bootId && at >= passage.to && at - passage.to <= passageGap;
  if (goesOn) passage.to = at;
  else signs.passage = { bootId, from: at, to: at };
}

/** Why the gate cannot be relied on now; null where it can. */
export function troubleOf(signs: Signs, now: Micros): GateTrouble | null {
  const { gate, presence, heardAt, crossingAt, repeats, passage } = signs;
  const since = (at: Micros | undefined) => (at === undefined ? Number.POSITIVE_INFINITY : now - at);
  const trouble = (kind: GateTrouble['kind'], message: string): GateTrouble => ({ kind, message });
  if (presence?.status !== 'online') return trouble('not-online', `gate ${gate} is not online`);
  if (signs.answers && signs.unanswered >= silentQuestions && since(heardAt) > silentAfter)
    return trouble('silent', `gate ${gate} is connected and does not answer: look at its network and its computer`);
  if (presence.sensor === 'gone')
    return trouble('sensor-gone', `the sensor of gate ${gate} is gone: look at its cable`);
  const stands = passage !== undefined && passage.to - passage.from > longestPassage;
  if (presence.sensor === 'stuck' || (stands && since(crossingAt) < 2 * second))
    return trouble('standing', `something stands on the line of gate ${gate}, or its sensor is stuck`);
  if (presence.keeping === false)
    return trouble('cannot-keep', `gate ${gate} cannot write crossings to its disk: make room there`);
  if (isLosing(signs, now))
    return trouble(
      'loses',
      `gate ${gate} could not use what its sensor sent (${signs.lostSince}): check its profile, then let a hand pass it`,
    );
  if (repeats !== undefined && repeats.to - repeats.from > repeatsFor && since(repeats.to) < repeatsOver)
    return trouble('only-duplicates', `gate ${gate} sends only what is here already: start it again`);
  return null;
}
