import { Board, type OnlineSetup } from '@pitwall/protocol/api';

/** The board of an online race: of the same id, written to by this controller alone, signed. */
export function boardOf(race: string, { name, rules, track }: OnlineSetup, source: string): Board {
  const { ranking, qualifying, direction } = rules;
  return Board.parse({
    id: race,
    name,
    ranking,
    qualifying,
    track: { ...track, direction },
    signatures: 'required',
    writers: [source],
  });
}
