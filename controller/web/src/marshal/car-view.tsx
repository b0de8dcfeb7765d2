import type { CarId } from '@pitwall/protocol';
import type { LiveMessage } from '@pitwall/protocol/api';
import type { Preview, RecorderState } from '@pitwall/protocol/messages';
import { useCallback, useEffect, useState } from 'react';
import { forms } from '../forms/index.js';
import { useCar, useLiveClient } from '../live/index.js';
import styles from './marshal.module.css';

/** What the car sees and makes of it. The car sends pictures only while this is open. */
export function CarView({ car, token }: { readonly car: CarId; readonly token: string }) {
  const [open, setOpen] = useState(false);
  return (
    <details className={styles.carView} onToggle={({ currentTarget }) => setOpen(currentTarget.open)}>
      <summary>What {car} sees</summary>
      {open ? <Pictures car={car} token={token} /> : null}
    </details>
  );
}

function Pictures({ car, token }: { readonly car: CarId; readonly token: string }) {
  const client = useLiveClient();
  const [preview, setPreview] = useState<Preview>();
  const [recorder, setRecorder] = useState<RecorderState>();
  useEffect(() => {
    const request = (cars: CarId[]) => ({ type: 'preview' as const, cars, token });
    return client.keepSaying(request([car]), request([]));
  }, [client, car, token]);
  const hear = useCallback((message: LiveMessage) => {
    if (message.type === 'preview') setPreview(message.preview);
    if (message.type === 'telemetry') setRecorder(message.telemetry.recorder);
  }, []);
  useCar(car, hear);
  if (preview === undefined) return <p className={forms.soft}>No picture has come yet.</p>;
  const { picture, format, action, output } = preview;
  return (
    <>
      <img alt={`What ${car} sees`} src={`data:image/${format};base64,${picture}`} width={320} height={240} />
      {output === null ? null : <Outputs output={output} chosen={action?.index} />}
      <p className={forms.soft}>
        {action === null
          ? 'No model decides.'
          : `${action.steeringDeg.toFixed(1)}° at ${action.speedMps.toFixed(2)} m/s`}
        {recorder === undefined ? '' : `, ${recorderSays[recorder.state]}`}
      </p>
    </>
  );
}

const recorderSays = {
  off: 'not recorded',
  recording: 'recorded',
  failed: 'cannot be recorded: its disk fails',
} as const;

/** Probabilities of a discrete model; what a continuous one means is in its action. */
function Outputs({ output, chosen }: { readonly output: readonly number[]; readonly chosen: number | undefined }) {
  if (chosen === undefined) return null;
  const bars = output.map((share, index) => ({ action: index, share }));
  return (
    <div className={styles.bars}>
      {bars.map(({ action, share }) => (
        <span
          key={action}
          data-chosen={action === chosen}
          style={{ blockSize: `${Math.max(2, 100 * share)}%` }}
          title={`action ${action}: ${(100 * share).toFixed(0)} %`}
        />
      ))}
    </div>
  );
}
