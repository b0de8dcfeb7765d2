import { RaceId } from '@pitwall/protocol';
import type { EvaluationReport, Submission } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Link } from 'wouter';
import {
  type HeardRace,
  isGone,
  NoRace,
  Status,
  statusView,
  useLiveRace,
  useOnlineRace,
  useRaceStandings,
} from '../online/index.js';
import { Note, Panel, Title } from '../shell/index.js';
import { CheckpointTable } from './checkpoint-table.js';
import { Compare } from './compare.js';
import { Downloads } from './downloads.js';
import styles from './evaluation.module.css';
import { Player } from './player.js';
import { submissionPath, useEvaluation, useReplay, useSubmission } from './use-evaluation.js';

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
    return <Note title="No race to show.">{heard.error.message}</Note>;
  if (submission.error !== null && submission.data === undefined)
    return <Note title="There is no such submission.">{submission.error.message}</Note>;
  if (heard.data === undefined || submission.data === undefined) return <Note title="One moment …" />;
  return <Outcome heard={heard.data} submission={submission.data} />;
}

function Outcome({ heard, submission }: { readonly heard: HeardRace; readonly submission: Submission }) {
  const { race, setup, leaderboard } = heard.race;
  const { status, racer } = submission;
  const view = statusView(status);
  const evaluated = !view.pending && status.state !== 'failed' && status.state !== 'cancelled';
  const evaluation = useEvaluation(race, submission.submission, evaluated);
  const standings = useRaceStandings(race, leaderboard).data;
  const alias = standings?.virtual.find((row) => row.racer === racer)?.alias ?? racer;
  return (
    <>
      <Link className={styles.race} href={`/online/${race}`}>
        {setup.name}
      </Link>
      <Title
        aside={
          <p className={styles.outcome}>
            <Status view={view} />
          </p>
        }
      >
        {submission.model.name} <small className={styles.by}>by {alias}</small>
      </Title>
      {evaluation.data !== undefined ? (
        <Evaluated heard={heard} submission={submission} report={evaluation.data} />
      ) : evaluation.error !== null && status.state === 'ranked' ? (
        <Seen heard={heard} submission={submission} />
      ) : (
        <p className={styles.soft}>
          {evaluation.error !== null
            ? `Its evaluation cannot be read: ${evaluation.error.message}`
            : evaluated
              ? 'One moment …'
              : view.pending
                ? 'There is something to see as soon as it is evaluated.'
                : 'There is no evaluation of it.'}
        </p>
      )}
    </>
  );
}

/** What everyone sees of a ranked submission: how it drove, and where others were faster. The rest is its racer's. */
function Seen({ heard, submission }: { readonly heard: HeardRace; readonly submission: Submission }) {
  const { race, setup } = heard.race;
  return (
    <div className={styles.page}>
      <StoredReplay
        race={race}
        path={`${submissionPath(race, submission.submission)}/files/replay`}
        checkpoint="that was chosen"
        trackId={setup.track.id}
        direction={setup.rules.direction}
      />
      <Compare heard={heard} submission={submission} />
    </div>
  );
}

interface EvaluatedProps {
  readonly heard: HeardRace;
  readonly submission: Submission;
  readonly report: EvaluationReport;
}

function Evaluated({ heard, submission, report }: EvaluatedProps) {
  const { race, setup } = heard.race;
  const [shown, setShown] = useState(report.chosen);
  return (
    <div className={styles.page}>
      <ReplayOf
        race={race}
        report={report}
        checkpoint={shown}
        trackId={setup.track.id}
        direction={setup.rules.direction}
      />
      <div className={styles.columns}>
        <Panel title="Checkpoints" aside={`simulator ${report.simulatorVersion}, seed ${report.seed}`}>
          <p className={styles.soft}>
            {report.checkpoints.length === 1
              ? 'The model has one checkpoint.'
              : `Checkpoint ${report.chosen} was chosen. ${report.because ?? ''}`}
          </p>
          {report.notes.map((note) => (
            <p key={note} className={styles.soft}>
              {note}
            </p>
          ))}
          <CheckpointTable checkpoints={report.checkpoints} shown={shown} onShow={setShown} />
        </Panel>
        <Panel title="Downloads">
          <Downloads race={race} model={submission.model.name} report={report} checkpoint={shown} />
        </Panel>
      </div>
      <Compare heard={heard} submission={submission} />
    </div>
  );
}

interface ReplayProps {
  readonly race: RaceId;
  readonly report: EvaluationReport;
  readonly checkpoint: string;
  readonly trackId: string;
  readonly direction: 'clockwise' | 'counter-clockwise';
}

function ReplayOf({ race, report, checkpoint, trackId, direction }: ReplayProps) {
  const file = report.files.find((one) => one.kind === 'replay' && one.checkpoint === checkpoint);
  if (file === undefined)
    return (
      <Panel title="Replay">
        <p className={styles.soft}>No replay was kept.</p>
      </Panel>
    );
  return (
    <StoredReplay
      key={file.path}
      race={race}
      path={file.path}
      checkpoint={checkpoint}
      trackId={trackId}
      direction={direction}
    />
  );
}

function StoredReplay({
  race,
  path,
  checkpoint,
  trackId,
  direction,
}: Omit<ReplayProps, 'report'> & { readonly path: string }) {
  const { data, error } = useReplay(race, path);
  return (
    <Panel title="Replay" aside={`checkpoint ${checkpoint}`}>
      {data === undefined ? (
        <p className={styles.placeholder}>{error === null ? 'The replay is on its way …' : error.message}</p>
      ) : (
        <Player replay={data} trackId={trackId} direction={direction} />
      )}
    </Panel>
  );
}
