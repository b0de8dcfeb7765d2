import type { KeptResult } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Link, Redirect } from 'wouter';
import { forms } from '../forms/index.js';
import { Banner, LinkList, Narrow, Note, Title } from '../shell/index.js';
import { Admitted, TokenForm, useToken } from '../visitor/index.js';
import styles from './held.module.css';
import { HeldResult } from './held-result.js';
import { isDenied, useDesk, useHeld, useWaiting, type Verdict } from './use-held.js';

/** Results that wait for a person: on which board, or those of one. */
export default function HeldPage({ board }: { readonly board?: string }) {
  return (
    <Admitted
      needs="marshal"
      form={(why) => (
        <TokenForm key={why} title="Results that wait" submit="Show what waits" needs="marshal" why={why}>
          An organizer decides about them, a marshal sees them: <code>pitwall token issue</code> makes a token. It stays
          in this tab until you close it.
        </TokenForm>
      )}
    >
      {() => <WhatWaits {...(board === undefined ? {} : { board })} />}
    </Admitted>
  );
}

function WhatWaits({ board }: { readonly board?: string }) {
  const { forget } = useToken();
  const { data, error } = useWaiting();
  if (error !== null && data === undefined)
    return (
      <Note title="What waits cannot be read.">
        {error.message}
        {isDenied(error) ? (
          <button type="button" className={forms.primary} onClick={() => forget()}>
            Give another token
          </button>
        ) : null}
      </Note>
    );
  if (data === undefined) return <Note title="One moment …" />;
  const { boards, decides } = data;
  if (board !== undefined) return <BoardDesk key={board} id={board} decides={decides} />;
  const [first, ...others] = boards;
  if (first === undefined) return <Note title="No result waits.">Each one counts, or a person has decided.</Note>;
  if (others.length === 0) return <Redirect to={`/held/${first.leaderboard}`} replace />;
  return (
    <Narrow>
      <Title>Results that wait</Title>
      <LinkList>
        {boards.map(({ leaderboard, name, results }) => (
          <li key={leaderboard}>
            <Link href={`/held/${leaderboard}`}>
              {name}
              <small>{results === 1 ? '1 waits' : `${results} wait`}</small>
            </Link>
          </li>
        ))}
      </LinkList>
    </Narrow>
  );
}

interface Decided {
  readonly kept: KeptResult;
  readonly decision: Verdict;
}

function BoardDesk({ id, decides }: { readonly id: string; readonly decides: boolean }) {
  const [pages, setPages] = useState(1);
  const [decided, setDecided] = useState<readonly Decided[]>([]);
  const { data, error } = useHeld(id, pages);
  const desk = useDesk(id);
  if (data === undefined)
    return error === null ? <Note title="One moment …" /> : <Note title="No board to show.">{error.message}</Note>;
  const { board, results, next } = data;
  const remember = (kept: KeptResult, decision: Verdict) =>
    setDecided((before) => [
      { kept, decision },
      ...before.filter((one) => one.kept.result.resultId !== kept.result.resultId),
    ]);
  return (
    <Narrow>
      <Title
        aside={
          <nav aria-label="This board">
            <Link href={`/boards/${id}`}>{board.name}</Link>
            <Link href="/held">All boards</Link>
          </nav>
        }
      >
        Results that wait
      </Title>
      <div className={styles.page}>
        {decides ? null : <p className={forms.soft}>An organizer decides about them.</p>}
        {error === null ? null : <Banner>What waits cannot be read now: {error.message}</Banner>}
        {decided.length === 0 ? null : (
          <ul className={styles.decided} aria-label="Decided just now">
            {decided.map((one) => (
              <DecidedRow key={one.kept.result.resultId} decided={one} onDecide={desk.decide} onDecided={remember} />
            ))}
          </ul>
        )}
        {results.length === 0 ? <Note title="No result waits here." /> : null}
        <ol className={styles.results}>
          {results.map((kept) => (
            <HeldResult
              key={kept.result.resultId}
              kept={kept}
              board={board}
              desk={decides ? desk : undefined}
              onDecided={remember}
            />
          ))}
        </ol>
        {next === null ? null : (
          <button type="button" className={`${forms.plain} ${styles.more}`} onClick={() => setPages(pages + 1)}>
            Show more
          </button>
        )}
      </div>
    </Narrow>
  );
}

interface DecidedRowProps {
  readonly decided: Decided;
  readonly onDecide: (kept: KeptResult, decision: Verdict) => Promise<void>;
  readonly onDecided: (kept: KeptResult, decision: Verdict) => void;
}

/** What was decided in this tab, for who pressed the wrong button. */
function DecidedRow({ decided: { kept, decision }, onDecide, onDecided }: DecidedRowProps) {
  const [refusal, setRefusal] = useState<string | null>(null);
  const other = decision === 'approve' ? 'reject' : 'approve';
  const change = () => {
    onDecide(kept, other).then(
      () => onDecided(kept, other),
      (error: unknown) => setRefusal(error instanceof Error ? error.message : String(error)),
    );
  };
  return (
    <li>
      <span>
        <b>{kept.result.alias}</b> {decision === 'approve' ? 'counts now.' : 'does not count.'}
        {refusal === null ? null : <span role="alert"> {refusal}</span>}
      </span>
      <button type="button" className={forms.plain} onClick={change}>
        {other === 'approve' ? 'Approve after all' : 'Reject after all'}
      </button>
    </li>
  );
}
