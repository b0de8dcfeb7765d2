import { JoinEvent, type WalkIn } from '@pitwall/protocol/api';
import { useState } from 'react';
import { words } from '../event-words/index.js';
import { CheckField, Colours, Country, TextField, useFields } from '../forms/index.js';

/** What is asked of whoever comes in. */
const Asked = JoinEvent.omit({ race: true, showAlias: true, colour: true }).required({ alias: true });

/** A racer who comes in, as typed; `needsPin`: over the hall's plain HTTP. */
export function useJoiner({ needsPin, asksColour }: { needsPin: boolean; asksColour: boolean }) {
  const [colour, setColour] = useState<WalkIn['colour']>(undefined);
  const [isMinor, setMinor] = useState(false);
  const [showAlias, setShowAlias] = useState(false);
  const schema = Asked.refine(({ guardian }) => !isMinor || guardian !== undefined, { path: ['guardian'] }).refine(
    ({ pin: typed }) => !needsPin || typed !== undefined,
    { path: ['pin'] },
  );
  const pin = window.location.hash.slice(1);
  const { field, send, reset } = useFields(
    schema,
    { alias: '', country: '', guardian: '', pin: /^\d{6}$/.test(pin) ? pin : '' },
    {
      alias: words.events.aliasWrong,
      country: '',
      guardian: words.events.guardianWrong,
      pin: words.events.pinWrong,
    },
  );
  const country = field('country');
  return {
    alias: field('alias').value,
    reset: () => {
      reset();
      setColour(undefined);
      setMinor(false);
      setShowAlias(false);
    },
    send: (onSend: (joiner: JoinEvent) => void) =>
      send(({ guardian, ...rest }) =>
        onSend({
          ...rest,
          showAlias: isMinor && showAlias,
          ...(colour === undefined ? {} : { colour }),
          ...(isMinor && guardian !== undefined ? { guardian } : {}),
        }),
      ),
    fields: (
      <>
        <TextField label={words.events.alias} maxLength={64} required withAsterisk={false} {...field('alias')} />
        <Country value={country.value} none={words.accounts.noCountry} onValue={country.onValue} />
        {asksColour ? <Colours value={colour} onValue={setColour} /> : null}
        <CheckField label={words.events.underAge} value={isMinor} onValue={setMinor} />
        {isMinor ? (
          <>
            <TextField
              label={words.events.guardian}
              hint={words.events.guardianHint}
              maxLength={100}
              {...field('guardian')}
            />
            <CheckField label={words.events.showAlias} value={showAlias} onValue={setShowAlias} />
          </>
        ) : null}
        {needsPin ? <TextField label={words.events.pin} inputMode="numeric" maxLength={6} {...field('pin')} /> : null}
      </>
    ),
  };
}
