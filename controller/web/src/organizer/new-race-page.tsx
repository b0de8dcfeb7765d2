import { Container } from '@mantine/core';
import { isPitwallError, RaceId } from '@pitwall/protocol';
import type { RaceSetup } from '@pitwall/protocol/race';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useLocation } from 'wouter';
import { TextField } from '../forms/index.js';
import { RequireMarshal } from '../marshal/index.js';
import { useSession } from '../session/index.js';
import { PageTitle, Refusal } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { createRace } from './create-race.js';
import { SetupForm } from './setup-form.js';
import { slug } from './slug.js';

/** Where a race begins. */
export default function NewRacePage() {
  return (
    <RequireMarshal title={words.organizer.organizer} submit={words.organizer.setUpRaces}>
      {(token) => <NewRace token={token} />}
    </RequireMarshal>
  );
}

function NewRace({ token }: { readonly token: string }) {
  const { signOut } = useSession();
  const [, navigate] = useLocation();
  const [commandId] = useState(() => newId());
  const [typed, setTyped] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string[]>([]);
  const race = typed ?? slug(name);
  const create = async (setup: RaceSetup) => {
    const id = RaceId.safeParse(race);
    if (!id.success) return setWrong([words.organizer.idMessage(id.error.issues[0]?.message ?? '')]);
    try {
      await createRace(token, { race: id.data, commandId, setup });
      navigate(`/organizer/races/${race}`);
    } catch (error) {
      if (isPitwallError(error) && (error.code === 'access-unknown' || error.code === 'access-denied'))
        signOut(error.message);
      setWrong([isPitwallError(error) ? error.message : words.organizer.theControllerDidNotAnswer]);
    }
  };
  return (
    <Container size="70rem" w="100%" px={0}>
      <PageTitle>{words.organizer.newRace}</PageTitle>
      <SetupForm submit={words.common.createTheRace} onName={setName} onSetup={(setup) => void create(setup)}>
        <TextField
          label={words.organizer.id}
          value={race}
          maxLength={63}
          hint={words.organizer.itStandsInAddressesAnd}
          onValue={setTyped}
        />
      </SetupForm>
      <Refusal>{wrong}</Refusal>
    </Container>
  );
}
