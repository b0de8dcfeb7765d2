import type { RaceId } from '@pitwall/protocol';
import { useEffect, useMemo, useRef } from 'react';
import { v7 as newId } from 'uuid';
import type { RaceView } from '../live/index.js';
import { Commander } from './commander.js';
import { sender } from './send.js';

const waitFor = (ms: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, ms));

/** Gives commands to a race as the holder of the token. */
export function useCommander(race: RaceId, token: string, view: RaceView): Commander {
  const latest = useRef(view);
  useEffect(() => {
    latest.current = view;
  }, [view]);
  return useMemo(
    () => new Commander({ race, send: sender(token), newId, records: () => latest.current.records, wait: waitFor }),
    [race, token],
  );
}
