import { Button } from '@mantine/core';
import type { RacerProfile } from '@pitwall/protocol/api';
import { useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask } from '../http/index.js';
import { useAccount, useSession } from '../session/index.js';
import { Refusal } from '../shell/index.js';
import { words } from '../words/index.js';

/** For organizers: a picture that should not be seen goes at once. */
export function RemovePicture({ profile }: { readonly profile: RacerProfile }) {
  const { token } = useSession();
  const { data: account } = useAccount(token);
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  if (profile.picture === undefined || token === null || !/^(?:organizer|administrator)$/.test(account?.role ?? ''))
    return null;
  const remove = () => {
    ask(`/api/v1/racers/${encodeURIComponent(profile.racer)}/picture`, { method: 'DELETE', token }).then(
      () => queries.invalidateQueries({ queryKey: ['racer', profile.racer] }),
      ({ message }: Error) => setRefusal(message),
    );
  };
  return (
    <>
      <Button variant="default" size="xs" onClick={remove}>
        {words.racers.removePicture}
      </Button>
      <Refusal>{refusal}</Refusal>
    </>
  );
}
