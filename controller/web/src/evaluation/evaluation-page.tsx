import { Stack, Text } from '@mantine/core';
import { RaceId } from '@pitwall/protocol';
import type { EvaluationReport, Submission } from '@pitwall/protocol/api';
import { lazy, Suspense, useState } from 'react';
import { Link } from 'wouter';
import {
  isGone,
  NoRace,
  type ReceivedRace,
  Status,
  statusView,
  useLiveRace,
  useOnlineRace,
  useRaceStandings,
} from '../online/index.js';
import { Note, PageTitle, Panel, Soft, Split } from '../shell/index.js';
import { words } from '../words/index.js';
import { CheckpointTable } from './checkpoint-table.js';
import { Downloads } from './downloads.js';
import { submissionPath, useEvaluation, useReplay, useSubmission } from './use-evaluation.js';

/** Loaded after what a visitor came for first: what became of it. */
const Player = lazy(() => import('./player.js'));
const Compare = lazy(() => import('./compare.js'));

/** One submission: what became of it, and why. */
export default function EvaluationPage({ race, id }: { readonly race: string; readonly id: string }) {
  const known = RaceId.safeParse(race);
  return known.success ? <KnownRace race={known.data} id={id} /> : <NoRace />;
}

function KnownRace({ race, id }: { readonly race: RaceId; readonly id: string }) {
  const heard = useOnlineRace(race);
  const submission = useSubmission(race, id);
  useLiveRace(race);
  if (isGone(heard.error)) return <NoRace />;
  if (heard.error !== null && heard.data === undefined)
    return <Note title={words.common.noRaceToShow}>{heard.error.message}</Note>;
  if (submission.error !== null && submission.data === undefined)
    return <Note title={words.evaluation.thereIsNoSuchSubmission}>{submission.error.message}</Note>;
  if (heard.data === undefined || submission.data === undefined) return <Note title={words.common.oneMoment} />;
  return <Outcome heard={heard.data} submission={submission.data} />;
}

function Outcome({ heard, submission }: { readonly heard: ReceivedRace; readonly submission: Submission }) {
  const { race, setup, leaderboard } = heard.race;
  const { status, racer } = submission;
  const view = statusView(status);
  const evaluated = !view.pending && status.state !== 'failed' && status.state !== 'cancelled';
  const evaluation = useEvaluation(race, submission.submission, evaluated);
  const standings = useRaceStandings(race, leaderboard).data;
  const alias = standings?.virtual.find((row) => row.racer === racer)?.alias ?? racer;
  return (
    <>
      <PageTitle
        aside={
          <>
            <span>
              <Status view={view} />
            </span>
            <Link href={`/online/${race}`}>{setup.name}</Link>
          </>
        }
        small={
          <Text span c="dimmed" fz="1.1rem">
            {' '}
            {words.evaluation.byAlias(alias)}
          </Text>
        }
      >
        {submission.model.name}
      </PageTitle>
      {evaluation.data !== undefined ? (
        <Evaluated heard={heard} submission={submission} report={evaluation.data} />
      ) : evaluation.error !== null && status.state === 'ranked' ? (
        <Seen heard={heard} submission={submission} />
      ) : (
        <Soft>
          {evaluation.error !== null
            ? words.evaluation.itsEvaluationCannotBeRead(evaluation.error.message)
            : evaluated
              ? words.common.oneMoment
              : view.pending
                ? words.evaluation.thereIsSomethingToSee
                : words.evaluation.thereIsNoEvaluationOf}
        </Soft>
      )}
    </>
  );
}

/** What everyone sees of a ranked submission: how it drove, and where others were faster. The rest is its racer's. */
function Seen({ heard, submission }: { readonly heard: ReceivedRace; readonly submission: Submission }) {
  const { race, setup } = heard.race;
  return (
    <Stack>
      <StoredReplay
        race={race}
        path={`${submissionPath(race, submission.submission)}/files/replay`}
        checkpoint="that was chosen"
        trackId={setup.track.id}
        trackVersion={setup.track.version}
        direction={setup.rules.direction}
      />
      <Suspense fallback={null}>
        <Compare heard={heard} submission={submission} />
      </Suspense>
    </Stack>
  );
}

interface EvaluatedProps {
  readonly heard: ReceivedRace;
  readonly submission: Submission;
  readonly report: EvaluationReport;
}

function Evaluated({ heard, submission, report }: EvaluatedProps) {
  const { race, setup } = heard.race;
  const [shown, setShown] = useState(report.chosen);
  return (
    <Stack>
      <ReplayOf
        race={race}
        report={report}
        checkpoint={shown}
        trackId={setup.track.id}
        trackVersion={setup.track.version}
        direction={setup.rules.direction}
      />
      <Split left="1.5fr">
        <Panel
          title={words.evaluation.checkpoints}
          aside={words.evaluation.simulator(report.simulatorVersion, report.seed)}
        >
          <Soft>
            {report.checkpoints.length === 1
              ? words.evaluation.theModelHasOneCheckpoint
              : words.evaluation.checkpointWas(report.chosen, report.because ?? '')}
          </Soft>
          {report.notes.map((note) => (
            <Soft key={note}>{note}</Soft>
          ))}
          <CheckpointTable checkpoints={report.checkpoints} shown={shown} onShow={setShown} />
        </Panel>
        <Panel title={words.evaluation.downloads}>
          <Downloads race={race} model={submission.model.name} report={report} checkpoint={shown} />
        </Panel>
      </Split>
      <Suspense fallback={null}>
        <Compare heard={heard} submission={submission} />
      </Suspense>
    </Stack>
  );
}

interface ReplayProps {
  readonly race: RaceId;
  readonly report: EvaluationReport;
  readonly checkpoint: string;
  readonly trackId: string;
  readonly trackVersion: number;
  readonly direction: 'clockwise' | 'counter-clockwise';
}

function ReplayOf({ race, report, checkpoint, trackId, trackVersion, direction }: ReplayProps) {
  const file = report.files.find((one) => one.kind === 'replay' && one.checkpoint === checkpoint);
  if (file === undefined)
    return (
      <Panel title={words.evaluation.replay}>
        <Soft>{words.evaluation.noReplayWasKept}</Soft>
      </Panel>
    );
  return (
    <StoredReplay
      key={file.path}
      race={race}
      path={file.path}
      checkpoint={checkpoint}
      trackId={trackId}
      trackVersion={trackVersion}
      direction={direction}
    />
  );
}

function StoredReplay({
  race,
  path,
  checkpoint,
  trackId,
  trackVersion,
  direction,
}: Omit<ReplayProps, 'report'> & { readonly path: string }) {
  const { data, error } = useReplay(race, path);
  return (
    <Panel title={words.evaluation.replay} aside={words.evaluation.checkpointCheckpoint(checkpoint)}>
      {data === undefined ? (
        <Text c="dimmed" mih="20rem">
          {error === null ? words.evaluation.theReplayIsOnIts : error.message}
        </Text>
      ) : (
        <Suspense fallback={<Text>{words.common.oneMoment}</Text>}>
          <Player replay={data} trackId={trackId} trackVersion={trackVersion} direction={direction} />
        </Suspense>
      )}
    </Panel>
  );
}
