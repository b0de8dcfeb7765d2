import { Box, Button, Group, Text } from '@mantine/core';
import { parse, type RaceId, type RacerId } from '@pitwall/protocol';
import { type RunRecording, RunRecordingList } from '@pitwall/protocol/api';
import { useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { ask, cookieSession, saveFile } from '../http/index.js';
import { useSession } from '../session/index.js';
import { Panel, Refusal, Soft } from '../shell/index.js';
import { words } from '../show-words/index.js';
import { dateText } from '../times/index.js';
import { decimal } from '../words/index.js';

/** How often it is looked for how far they are, ms. */
const againMs = 5000;

/** Video, best lap and recording of each run that whoever looks may have. */
export function RunRecordings({ race, racer }: { readonly race: RaceId; readonly racer: RacerId }) {
  const { token } = useSession();
  const queries = useQueryClient();
  const [refusal, setRefusal] = useState<string | null>(null);
  const key = ['run-recordings', race, racer, token];
  const path = `/api/v1/races/${race}`;
  const { data } = useQuery({
    queryKey: key,
    refetchInterval: againMs,
    queryFn: async ({ signal }) => {
      const answer = await ask(`${path}/recordings?racer=${encodeURIComponent(racer)}`, { token, signal });
      return parse(RunRecordingList, await answer.json(), 'The recordings').recordings;
    },
  });
  const act = async (doing: () => Promise<unknown>) => {
    setRefusal(null);
    await doing().catch((error: Error) => setRefusal(error.message));
    await queries.invalidateQueries({ queryKey: key });
  };
  if (data === undefined || (data.length === 0 && token !== null)) return null;
  return (
    <Box mt="md" data-no-print>
      <Panel title={words.show.videos}>
        {data.length === 0 ? <Soft>{words.show.videosAreTheRacers}</Soft> : null}
        {data.map((one, place) => (
          <OneRun key={one.runId} {...{ one, token, act }} number={place + 1} path={`${path}/runs/${one.runId}`} />
        ))}
        <Refusal>{refusal}</Refusal>
      </Panel>
    </Box>
  );
}

interface RunProps {
  readonly one: RunRecording;
  readonly number: number;
  readonly path: string;
  readonly token: string | null;
  readonly act: (doing: () => Promise<unknown>) => Promise<void>;
}

function OneRun({ one, number, path, token, act }: RunProps) {
  const [isSure, setSure] = useState(false);
  const { state, why, files, shared, mayShare, mayDelete, until } = one;
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone;
  const share = () => act(() => ask(`${path}/sharing`, { method: 'PUT', token, body: { shared: !shared } }));
  const remove = () => act(() => ask(`${path}/recordings`, { method: 'DELETE', token }));
  return (
    <section aria-label={words.show.runNumber(number)} data-run-recording={state}>
      <Text fw={600}>{words.show.runNumber(number)}</Text>
      <Group gap="md">
        {files.map((file) => (
          <FileLink key={file.kind} {...{ file, path, token, act }} />
        ))}
      </Group>
      {state === 'there' ? null : <Text role="status">{words.show.recordingState[state]}</Text>}
      {why === null ? null : <Soft>{why}</Soft>}
      {state === 'deleted' ? null : (
        <>
          <Soft>{`${shared ? words.show.everybodySees : words.show.onlyTheRacerSees} ${words.show.deletedOn(dateText(until, zone))}`}</Soft>
          <Group gap="xs">
            {mayShare ? (
              <Button size="xs" variant="default" onClick={() => void share()}>
                {shared ? words.show.shareNoMore : words.show.shareIt}
              </Button>
            ) : null}
            {mayDelete ? (
              <Button size="xs" variant="default" onClick={() => (isSure ? void remove() : setSure(true))}>
                {isSure ? words.show.deleteForGood : words.show.deleteRecording}
              </Button>
            ) : null}
          </Group>
        </>
      )}
    </section>
  );
}

interface FileProps extends Pick<RunProps, 'path' | 'token' | 'act'> {
  readonly file: RunRecording['files'][number];
}

/** The browser itself fetches what it shows a cookie for; a token is never in an address. */
function FileLink({ file: { kind, bytes }, path, token, act }: FileProps) {
  const address = `${path}/${kind}`;
  const megabytes = words.common.megabytes(decimal(bytes / 2 ** 20, 1));
  const text = words.show.runFile[kind](megabytes);
  if (token === null || token === cookieSession)
    return (
      <a href={address} download>
        {text}
      </a>
    );
  const save = async () => {
    const answer = await ask(address, { token });
    saveFile(await answer.blob(), kind === 'recording' ? 'recording.mcap' : `${kind}.mp4`);
  };
  return (
    <Button size="xs" variant="default" onClick={() => void act(save)}>
      {text}
    </Button>
  );
}
