import type { Board, KeptResult } from '@pitwall/protocol/api';
import { useState } from 'react';
import { forms } from '../forms/index.js';
import { Banner } from '../shell/index.js';
import { lapTime, plusMinus } from '../times/index.js';
import styles from './held.module.css';
import { Provenance } from './provenance.js';
import type { Desk, Verdict } from './use-held.js';
import { WhoIsIt } from './who-is-it.js';
import { isImplausible, reasonText } from './words.js';

interface HeldResultProps {
  readonly kept: KeptResult;
  readonly board: Board;
  /** Undefined for who may only look. */
  readonly desk: Desk | undefined;
  readonly onDecided: (kept: KeptResult, decision: Verdict) => void;
}

/** One result that waits: why, what was driven, where it comes from, and what to do about it. */
export function HeldResult({ kept, board, desk, onDecided }: HeldResultProps) {
  const [busy, setBusy] = useState(false);
  const [refusal, setRefusal] = useState<string | null>(null);
  const { result, racer, reasons, score } = kept;
  const act = async (done: () => Promise<void>, decision?: Verdict) => {
    setBusy(true);
    setRefusal(null);
    try {
      await done();
      if (decision !== undefined) onDecided(kept, decision);
    } catch (error) {
      setRefusal(error instanceof Error ? error.message : String(error));
    }
    setBusy(false);
  };
  const isProvisional = reasons.includes('racer-provisional');
  return (
    <li className={styles.result} aria-label={result.alias}>
      <header>
        <h2>
          {result.alias}
          <small className={styles.racer}>{racer}</small>
        </h2>
        <b className={styles.score}>{score === null ? 'does not qualify' : lapTime(score)}</b>
      </header>
      <ul className={styles.reasons}>
        {reasons.map((reason) => (
          <li key={reason}>{reasonText(reason, kept, board)}</li>
        ))}
      </ul>
      {refusal === null ? null : <Banner>{refusal}</Banner>}
      {desk === undefined ? null : (
        <>
          {isProvisional ? (
            <WhoIsIt
              alias={result.alias}
              busy={busy}
              onNew={(alias) => act(() => desk.claim(racer, alias))}
              onKnown={(into) => act(() => desk.merge(racer, into))}
            />
          ) : null}
          <div className={forms.choices}>
            {isProvisional ? null : (
              <button
                type="button"
                className={forms.primary}
                disabled={busy}
                onClick={() => act(() => desk.decide(kept, 'approve'), 'approve')}
              >
                Approve
              </button>
            )}
            <button
              type="button"
              className={forms.plain}
              disabled={busy}
              onClick={() => act(() => desk.decide(kept, 'reject'), 'reject')}
            >
              Reject
            </button>
          </div>
        </>
      )}
      <Laps kept={kept} board={board} />
      <Provenance kept={kept} />
    </li>
  );
}

function Laps({ kept: { result }, board }: { readonly kept: KeptResult; readonly board: Board }) {
  if (result.laps.length === 0) return <p className={forms.soft}>It has no lap.</p>;
  return (
    <div className={styles.laps}>
      <table>
        <thead>
          <tr>
            <th>Lap</th>
            <th>Time</th>
            <th>Resets</th>
            <th>Off track</th>
          </tr>
        </thead>
        <tbody>
          {result.laps.map((lap, index) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: laps never move, and their numbers may repeat
            <tr key={index} data-odd={isImplausible(lap, board)} data-valid={lap.valid}>
              <td>{lap.lap}</td>
              <td>
                {lapTime(lap.time)}
                <small>
                  {lap.penalty > 0 ? ` + ${lapTime(lap.penalty)} penalty` : ''}
                  {lap.uncertainty > 0 ? ` ${plusMinus(lap.uncertainty)}` : ''}
                  {lap.valid ? '' : ' invalid'}
                </small>
              </td>
              <td>{lap.resets}</td>
              <td>{lap.offTracks}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
