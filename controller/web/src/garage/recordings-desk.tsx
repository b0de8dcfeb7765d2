import type { CarOverview } from '@pitwall/protocol/api';
import type { RecorderState, RecordingInfo } from '@pitwall/protocol/messages';
import { useEffect, useRef, useState } from 'react';
import { forms } from '../forms/index.js';
import { saveFile } from '../http/index.js';
import { Panel } from '../shell/index.js';
import { dateText } from '../times/index.js';
import { download } from './download.js';
import styles from './garage.module.css';
import { useRecordings } from './use-garage.js';
import { useGive } from './use-give.js';
import { sentence, size } from './words.js';

const recorderSays: Readonly<Record<RecorderState['state'], string>> = {
  off: 'off',
  recording: 'recording',
  failed: 'its disk fails; it tries again',
};
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The car's black box: on and off, what it holds, and taking it home. */
export function RecordingsDesk({ about, token }: { readonly about: CarOverview; readonly token: string }) {
  const { car, state, telemetry } = about;
  const { give, said } = useGive(car, token);
  const drives = state?.safety === 'driving' || state?.safety === 'stopping';
  const { data: recordings, error, refetch } = useRecordings(car, token, drives);
  const recorder = telemetry?.recorder?.state;
  const written = telemetry?.recorder?.name;
  // Another file is being written, or none any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written is the news
  useEffect(() => void refetch(), [written, refetch]);
  const record = (on: boolean) => give({ type: 'record', on }, on ? 'record' : 'stop recording');
  return (
    <Panel title="Recordings" aside={recorder === undefined ? undefined : recorderSays[recorder]}>
      <p className={styles.about}>It records from arming on. A car that drives gives no recording.</p>
      <div className={forms.choices}>
        <button
          type="button"
          className={forms.plain}
          disabled={recorder === 'recording'}
          onClick={() => void record(true)}
        >
          Record now
        </button>
        <button type="button" className={forms.plain} disabled={recorder === 'off'} onClick={() => void record(false)}>
          Stop recording
        </button>
      </div>
      <p role="status" className={styles.said}>
        {said}
      </p>
      {error === null ? null : (
        <p role="alert" className={styles.lost}>
          {sentence(error)}
        </p>
      )}
      {recordings?.length === 0 ? <p className={forms.soft}>It holds none yet.</p> : null}
      <ul className={forms.rows} data-testid="recordings">
        {recordings?.map((recording) => (
          <RecordingRow key={recording.name} about={about} recording={recording} token={token} drives={drives} />
        ))}
      </ul>
    </Panel>
  );
}

interface RowProps {
  readonly about: CarOverview;
  readonly recording: RecordingInfo;
  readonly token: string;
  readonly drives: boolean;
}

function RecordingRow({ about: { car }, recording: { name, bytes, began, open }, token, drives }: RowProps) {
  const [part, setPart] = useState<{ readonly came: number; readonly whole: number | null } | null>(null);
  const [said, setSaid] = useState<{ readonly ok: boolean; readonly text: string }>();
  const ended = useRef<AbortController>(null);
  useEffect(() => () => ended.current?.abort(), []);
  const fetchIt = async () => {
    ended.current = new AbortController();
    const { signal } = ended.current;
    setSaid(undefined);
    setPart({ came: 0, whole: null });
    try {
      const file = await download({ car, name, token, signal, onPart: (came, whole) => setPart({ came, whole }) });
      saveFile(file, name);
      setSaid({ ok: true, text: `Fetched, ${size(file.size)}.` });
    } catch (error) {
      setSaid({ ok: false, text: sentence(error) });
    } finally {
      setPart(null);
    }
  };
  return (
    <li>
      <span className={forms.grow}>
        <b>{dateText(began, zone)}</b> · {size(bytes)}
        {open ? ' so far, being written' : ''}
        <small className={`${forms.soft} ${styles.file}`}>{name}</small>
      </span>
      {part === null ? (
        <button
          type="button"
          className={forms.plain}
          aria-label={`Fetch ${name}`}
          disabled={drives}
          onClick={() => void fetchIt()}
        >
          Fetch
        </button>
      ) : (
        <>
          <button type="button" className={forms.plain} onClick={() => ended.current?.abort()}>
            End it
          </button>
          <span className={styles.progress}>
            <progress
              value={part.whole === null ? undefined : part.came}
              max={part.whole ?? 1}
              aria-label={`Fetching ${name}`}
            />
            {size(part.came)}
            {part.whole === null ? '' : ` of ${size(part.whole)}`}
          </span>
        </>
      )}
      {said === undefined ? null : (
        <span role={said.ok ? 'status' : 'alert'} className={said.ok ? styles.fetched : styles.unfetched}>
          {said.text}
        </span>
      )}
    </li>
  );
}
