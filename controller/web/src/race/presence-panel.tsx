import { Button, Text } from '@mantine/core';
import { isPitwallError } from '@pitwall/protocol';
import type { RaceState } from '@pitwall/protocol/race';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { ask } from '../http/index.js';
import { useAccount, useSession } from '../session/index.js';
import { Panel, Refusal } from '../shell/index.js';
import { words } from '../words/index.js';

/** How often it is said again where the race went on meanwhile. */
const tries = 5;

/** After a roll call, for a racer of the race: "I am here". */
export function PresencePanel({ state: { race, seq, entries, here } }: { readonly state: RaceState }) {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const racer = entries.find((entry) => entry.racer === account?.name)?.racer;
  if (here === null || racer === undefined) return null;
  const say = async () => {
    setBusy(true);
    setRefusal(null);
    const command = { type: 'presence', racer, isHere: true };
    let seen = seq;
    try {
      for (let left = tries; ; left -= 1)
        try {
          await ask(`/api/v1/races/${race}/commands`, {
            method: 'POST',
            token,
            body: { commandId: newId(), seen, command },
          });
          return;
        } catch (error) {
          if (!isPitwallError(error) || error.code !== 'race-conflict' || left === 0) throw error;
          seen = Number(error.details?.seq);
        }
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : words.common.theControllerDoesNotAnswer);
    } finally {
      setBusy(false);
    }
  };
  return (
    <Panel title={words.race.rollCall}>
      {here.includes(racer) ? (
        <Text role="status">{words.race.youAreHere}</Text>
      ) : (
        <>
          <Text>{words.race.areYouHere}</Text>
          <Button size="lg" disabled={busy} onClick={() => void say()} style={{ alignSelf: 'start' }}>
            {words.race.iAmHere}
          </Button>
        </>
      )}
      <Refusal>{refusal}</Refusal>
    </Panel>
  );
}
