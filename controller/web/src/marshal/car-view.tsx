import { Box, Group, Image, Paper } from '@mantine/core';
import type { CarId } from '@pitwall/protocol';
import type { LiveMessage } from '@pitwall/protocol/api';
import type { Preview, RecorderState } from '@pitwall/protocol/messages';
import { useCallback, useEffect, useState } from 'react';
import { cookieSession } from '../http/index.js';
import { useCar, useLiveClient } from '../live/index.js';
import { Soft } from '../shell/index.js';
import { decimal, words } from '../staff-words/index.js';

/** What the car sees and makes of it. The car sends pictures only while this is open. */
export function CarView({ car, token }: { readonly car: CarId; readonly token: string }) {
  const [open, setOpen] = useState(false);
  return (
    <Paper>
      <details onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
        <summary>{words.marshal.whatSees(car)}</summary>
        {open ? <Pictures car={car} token={token} /> : null}
      </details>
    </Paper>
  );
}

function Pictures({ car, token }: { readonly car: CarId; readonly token: string }) {
  const client = useLiveClient();
  const [preview, setPreview] = useState<Preview>();
  const [recorder, setRecorder] = useState<RecorderState>();
  useEffect(() => {
    const shown = token === cookieSession ? {} : { token };
    const request = (cars: CarId[]) => ({ type: 'preview' as const, cars, ...shown });
    return client.keepSaying(request([car]), request([]));
  }, [client, car, token]);
  const hear = useCallback((message: LiveMessage) => {
    if (message.type === 'preview') setPreview(message.preview);
    if (message.type === 'telemetry') setRecorder(message.telemetry.recorder);
  }, []);
  useCar(car, hear);
  if (preview === undefined) return <Soft>{words.marshal.noPictureHasComeYet}</Soft>;
  const { picture, format, action, output } = preview;
  return (
    <>
      <Image
        alt={words.marshal.whatSees(car)}
        src={`data:image/${format};base64,${picture}`}
        w="min(20rem, 100%)"
        radius="md"
        style={{ imageRendering: 'pixelated', aspectRatio: '4 / 3' }}
      />
      {output === null ? null : <Outputs output={output} chosen={action?.index} />}
      <Soft>
        {action === null
          ? words.marshal.noModelDecides
          : words.marshal.atMS(decimal(action.steeringDeg, 1), decimal(action.speedMps, 2))}
        {recorder === undefined ? '' : `, ${recorderSays[recorder.state]}`}
      </Soft>
    </>
  );
}

const recorderSays = {
  off: words.marshal.notRecorded,
  recording: words.marshal.recorded,
  failed: words.marshal.cannotBeRecordedItsDisk,
} as const;

/** Probabilities of a discrete model; what a continuous one means is in its action. */
function Outputs({ output, chosen }: { readonly output: readonly number[]; readonly chosen: number | undefined }) {
  if (chosen === undefined) return null;
  const bars = output.map((share, index) => ({ action: index, share }));
  return (
    <Group gap={2} w="min(20rem, 100%)" h="3rem" wrap="nowrap" align="end">
      {bars.map(({ action, share }) => (
        <Box
          key={action}
          flex={1}
          h={`${Math.max(2, 100 * share)}%`}
          bg={action === chosen ? 'var(--accent)' : 'var(--line)'}
          title={words.marshal.percent(action, decimal(100 * share, 0))}
        />
      ))}
    </Group>
  );
}
