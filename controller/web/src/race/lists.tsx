import type { RaceState, RunState } from '@pitwall/protocol/race';
import { Panel } from '../shell/index.js';
import { gapTime, lapTime, plusMinus, waitText } from '../times/index.js';
import styles from './lists.module.css';
import { aliasOf, lapRows } from './run-view.js';
import { SectorTimes } from './sector-times.js';
import { lapUnderWay } from './sectors.js';
import { rowsToShow } from './standing-rows.js';
import { useRoom } from './use-room.js';

/** The run's laps side by side, the latest first: as many as there is room for. */
export function LapStrip({ run, state }: { readonly run: RunState; readonly state: RaceState }) {
  const rows = lapRows(run, state);
  const underWay = lapUnderWay(run, state);
  return (
    <Panel title="Laps" aside={rows.length === 0 ? undefined : `${rows.length} driven`}>
      {rows.length === 0 && underWay === null ? <p className={styles.empty}>No lap yet.</p> : null}
      <ol className={styles.laps} data-testid="laps">
        {underWay === null ? null : (
          <li className={styles.lap} data-rank="counts">
            <span className={styles.head}>
              <span>Lap {underWay.lap}</span>
            </span>
            <SectorTimes sectors={underWay.sectors} />
          </li>
        )}
        {rows.map(({ lap, rank, time, notes, uncertainty, penalty, sectors }) => (
          <li key={lap} className={styles.lap} data-rank={rank} data-lap={lap}>
            <span className={styles.head}>
              <span>Lap {lap}</span>
              {rank === 'best' ? (
                <span className={styles.tag} data-tone="best">
                  Best of the race
                </span>
              ) : null}
              {rank === 'own' ? (
                <span className={styles.tag} data-tone="own">
                  Own best
                </span>
              ) : null}
            </span>
            <span className={styles.time}>{time === null ? '—' : lapTime(time)}</span>
            <span className={styles.notes}>
              {[
                ...notes,
                ...(penalty > 0 ? [`${gapTime(penalty, 0)} penalty`] : []),
                ...(time === null ? [] : [plusMinus(uncertainty)]),
              ].join(', ')}
            </span>
            <SectorTimes sectors={sectors} />
          </li>
        ))}
      </ol>
    </Panel>
  );
}

/** A row's height on one screen, rem. */
const rowHeight = 2.4;

/** How the race stands: as many rows as have room, never none. */
export function StandingsList({ state }: { readonly state: RaceState }) {
  const { ref, room } = useRoom<HTMLDivElement>();
  const leader = state.standings.find(({ score }) => score !== null)?.score ?? null;
  const now = state.runs.find(({ runId }) => runId === state.current)?.racer;
  const rows = leader === null ? [] : rowsToShow(state.standings, Math.floor(room / rowHeight), now);
  const aside = [
    ...(rows.some(({ overlaps }) => overlaps) ? ['≈ too close to call'] : []),
    ...(rows.length < state.standings.length && rows.length > 0 ? [`${rows.length} of ${state.standings.length}`] : []),
  ].join(' · ');
  return (
    <Panel title="Standings" aside={aside === '' ? undefined : aside}>
      <div ref={ref} className={styles.standings}>
        {rows.length === 0 ? (
          <p className={styles.empty}>Nobody has a time yet.</p>
        ) : (
          <table className={styles.table} data-testid="standings">
            <colgroup>
              <col />
              <col />
              <col />
              <col />
            </colgroup>
            <thead className="unseen">
              <tr>
                <th>Place</th>
                <th>Racer</th>
                <th>Behind</th>
                <th>Score</th>
              </tr>
            </thead>
            <tbody>
              {rows.map(({ racer, alias, rank, score, overlaps }) => (
                <tr key={racer} className={styles.row} {...(racer === now ? { 'data-now': true } : {})}>
                  <td className={styles.place}>{rank ?? '–'}</td>
                  <td className={styles.name} title={alias}>
                    {alias}
                  </td>
                  <td className={styles.soft}>
                    {rank === 1 || score === null || leader === null ? '' : gapTime(score, leader)}
                  </td>
                  <td className={styles.time}>
                    {overlaps ? (
                      <abbr className={styles.close} title="The measurements of this place and the next overlap">
                        ≈
                      </abbr>
                    ) : null}
                    {score === null ? '—' : lapTime(score)}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        )}
      </div>
    </Panel>
  );
}

/** Rem that the standings of so many, what comes next, and a board below them take on one screen. */
export const roomWithBoard = (racers: number): number => racers * rowHeight + 22;

/** Who is next, in one line. */
export function NextLine({ state, most }: { readonly state: RaceState; readonly most: number }) {
  return (
    <section className={styles.next} aria-label="Next">
      <h2>Next</h2>
      {state.queue.length === 0 ? (
        <p className={styles.empty}>Nobody is waiting.</p>
      ) : (
        <ol data-testid="queue">
          {state.queue.slice(0, most).map(({ racer, wait }) => (
            <li key={racer}>
              <span>{aliasOf(state, racer)}</span>
              {wait === null ? null : <small>{waitText(wait)}</small>}
            </li>
          ))}
        </ol>
      )}
      {state.queue.length > most ? <span className={styles.more}>{state.queue.length} waiting</span> : null}
    </section>
  );
}
