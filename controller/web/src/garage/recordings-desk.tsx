import { Box, Button, Group, Progress, Text } from '@mantine/core';
import type { CarOverview } from '@pitwall/protocol/api';
import type { RecorderState, RecordingInfo } from '@pitwall/protocol/messages';
import { useEffect, useRef, useState } from 'react';
import { saveFile } from '../http/index.js';
import { Panel, Refusal, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { dateText } from '../times/index.js';
import { download } from './download.js';
import { useCarCommand } from './use-car-command.js';
import { useRecordings } from './use-garage.js';
import { sentence, size } from './words.js';

const recorderSays: Readonly<Record<RecorderState['state'], string>> = {
  off: 'off',
  recording: 'recording',
  failed: words.garage.itsDiskFailsItTries,
};
const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** The car's black box: on and off, what it holds, and taking it home. */
export function RecordingsDesk({ about, token }: { readonly about: CarOverview; readonly token: string }) {
  const { car, state, telemetry } = about;
  const { give, said } = useCarCommand(car, token);
  const drives = state?.safety === 'driving' || state?.safety === 'stopping';
  const { data: recordings, error, refetch } = useRecordings(car, token, drives);
  const recorder = telemetry?.recorder?.state;
  const written = telemetry?.recorder?.name;
  // Another file is being written, or none any more.
  // biome-ignore lint/correctness/useExhaustiveDependencies: what is written is the news
  useEffect(() => void refetch(), [written, refetch]);
  const record = (on: boolean) => give({ type: 'record', on }, on ? 'record' : words.garage.stopRecording);
  return (
    <Panel title={words.garage.recordings} aside={recorder === undefined ? undefined : recorderSays[recorder]}>
      <Text c="dimmed">{words.garage.itRecordsFromArmingOn}</Text>
      <Group gap="xs">
        <Button variant="default" disabled={recorder === 'recording'} onClick={() => void record(true)}>
          {words.garage.recordNow}
        </Button>
        <Button variant="default" disabled={recorder === 'off'} onClick={() => void record(false)}>
          {words.garage.stopRecordingTitle}
        </Button>
      </Group>
      <Text role="status" c="dimmed">
        {said}
      </Text>
      {error === null ? null : <Refusal>{sentence(error)}</Refusal>}
      {recordings?.length === 0 ? <Soft>{words.garage.itHoldsNoneYet}</Soft> : null}
      <Rows data-testid="recordings">
        {recordings?.map((recording) => (
          <RecordingRow key={recording.name} about={about} recording={recording} token={token} drives={drives} />
        ))}
      </Rows>
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
      setSaid({ ok: true, text: words.garage.fetched(size(file.size)) });
    } catch (error) {
      setSaid({ ok: false, text: sentence(error) });
    } finally {
      setPart(null);
    }
  };
  return (
    <li>
      <Text span flex={1} miw="7rem">
        <b>{dateText(began, zone)}</b> · {size(bytes)}
        {open ? words.garage.soFarBeingWritten : ''}
        <Text c="dimmed" fz="0.78rem">
          {name}
        </Text>
      </Text>
      {part === null ? (
        <Button
          variant="default"
          aria-label={words.garage.fetch(name)}
          disabled={drives}
          onClick={() => void fetchIt()}
        >
          {words.garage.fetchTitle}
        </Button>
      ) : (
        <>
          <Button variant="default" onClick={() => ended.current?.abort()}>
            {words.garage.endIt}
          </Button>
          <Box flex="1 0 100%">
            <Progress
              value={part.whole === null ? 100 : (100 * part.came) / part.whole}
              animated
              aria-label={words.garage.fetching(name)}
            />
            {size(part.came)}
            {part.whole === null ? '' : words.garage.ofSize(size(part.whole))}
          </Box>
        </>
      )}
      {said === undefined ? null : (
        <Text role={said.ok ? 'status' : 'alert'} flex="1 0 100%" fw={700} c={said.ok ? 'var(--go)' : 'var(--stop)'}>
          {said.text}
        </Text>
      )}
    </li>
  );
}
