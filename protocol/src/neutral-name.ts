/**
 * "Racer 482913": what everybody sees of a racer whose name is not shown, or not kept any more. It follows from the id, which says nothing
 * of anyone, so that logs, boards and leaderboards elsewhere say the same of one racer without asking each other (FNV-1a, 32 bits).
 */
export function neutralName(racer: string): string {
  let hash = 0x811c9dc5;
  // Ids are ASCII.
  for (let at = 0; at < racer.length; at += 1) hash = Math.imul(hash ^ racer.charCodeAt(at), 0x01000193) >>> 0;
  return `Racer ${100_000 + (hash % 900_000)}`;
}
