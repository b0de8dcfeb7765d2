import { isPitwallError, RaceId } from '@pitwall/protocol';
import type { RaceSetup } from '@pitwall/protocol/race';
import { useState } from 'react';
import { v7 as newId } from 'uuid';
import { useLocation } from 'wouter';
import { Text, Wrong } from '../forms/index.js';
import { ForStaff } from '../marshal/index.js';
import { Title } from '../shell/index.js';
import { useToken } from '../visitor/index.js';
import { createRace } from './create-race.js';
import styles from './organizer.module.css';
import { SetupForm } from './setup-form.js';
import { slug } from './slug.js';

/** Where a race begins. */
export default function NewRacePage() {
  return (
    <ForStaff title="Organizer" submit="Set up races">
      {(token) => <NewRace token={token} />}
    </ForStaff>
  );
}

function NewRace({ token }: { readonly token: string }) {
  const { forget } = useToken();
  const [, navigate] = useLocation();
  const [commandId] = useState(() => newId());
  const [typed, setTyped] = useState<string | null>(null);
  const [name, setName] = useState('');
  const [wrong, setWrong] = useState<string[]>([]);
  const race = typed ?? slug(name);
  const create = async (setup: RaceSetup) => {
    const id = RaceId.safeParse(race);
    if (!id.success) return setWrong([`Id: ${id.error.issues[0]?.message}`]);
    try {
      await createRace(token, { race: id.data, commandId, setup });
      navigate(`/organizer/races/${race}`);
    } catch (error) {
      if (isPitwallError(error) && (error.code === 'access-unknown' || error.code === 'access-denied'))
        forget(error.message);
      setWrong([isPitwallError(error) ? error.message : 'The controller did not answer; press again.']);
    }
  };
  return (
    <div className={styles.wide}>
      <Title>New race</Title>
      <SetupForm submit="Create the race" onName={setName} onSetup={(setup) => void create(setup)}>
        <Text
          label="Id"
          value={race}
          maxLength={63}
          hint="It stands in addresses, and never changes"
          onValue={setTyped}
        />
      </SetupForm>
      <Wrong lines={wrong} />
    </div>
  );
}
