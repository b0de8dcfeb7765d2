import { Button, Stack, Text } from '@mantine/core';
import type { KeptResult } from '@pitwall/protocol/api';
import { useState } from 'react';
import { Link, Redirect } from 'wouter';
import { RequireRole, TokenForm, useSession } from '../session/index.js';
import { Banner, Empty, LargeLink, LinkList, Narrow, Note, PageTitle, Rows, Soft } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { ReviewResult } from './review-result.js';
import { isDenied, useDesk, useReviewBoards, useReviewResults, type Verdict } from './use-review.js';

/** Results that wait for a person: on which board, or those of one. */
export default function ReviewPage({ board }: { readonly board?: string }) {
  return (
    <RequireRole
      needs="marshal"
      form={(why) => (
        <TokenForm
          key={why}
          title={words.common.resultsThatWait}
          submit={words.review.showWhatWaits}
          needs="marshal"
          why={why}
        >
          {words.review.anOrganizerDecidesAboutThem} <code>pitwall token issue</code> {words.review.makesATokenItStays}
        </TokenForm>
      )}
    >
      {() => <WhatWaits {...(board === undefined ? {} : { board })} />}
    </RequireRole>
  );
}

function WhatWaits({ board }: { readonly board?: string }) {
  const { signOut } = useSession();
  const { data, error } = useReviewBoards();
  if (error !== null && data === undefined)
    return (
      <Note title={words.review.whatWaitsCannotBeRead}>
        {error.message}
        {isDenied(error) ? <Button onClick={() => signOut()}>{words.review.giveAnotherToken}</Button> : null}
      </Note>
    );
  if (data === undefined) return <Note title={words.common.oneMoment} />;
  const { boards, decides } = data;
  if (board !== undefined) return <BoardDesk key={board} id={board} decides={decides} />;
  const [first, ...others] = boards;
  if (first === undefined) return <Note title={words.review.noResultWaits}>{words.review.eachOneCountsOrA}</Note>;
  if (others.length === 0) return <Redirect to={`/held/${first.leaderboard}`} replace />;
  return (
    <Narrow>
      <PageTitle>{words.common.resultsThatWait}</PageTitle>
      <LinkList>
        {boards.map(({ leaderboard, name, results }) => (
          <LargeLink key={leaderboard} href={`/held/${leaderboard}`}>
            {name}
            <Soft>{words.review.wait(results)}</Soft>
          </LargeLink>
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
  const { data, error } = useReviewResults(id, pages);
  const desk = useDesk(id);
  if (data === undefined)
    return error === null ? (
      <Note title={words.common.oneMoment} />
    ) : (
      <Note title={words.common.noBoardToShow}>{error.message}</Note>
    );
  const { board, results, next } = data;
  const remember = (kept: KeptResult, decision: Verdict) =>
    setDecided((before) => [
      { kept, decision },
      ...before.filter((one) => one.kept.result.resultId !== kept.result.resultId),
    ]);
  return (
    <Narrow>
      <PageTitle
        aside={
          <nav aria-label={words.review.thisBoard}>
            <Link href={`/boards/${id}`}>{board.name}</Link>
            <Link href="/held">{words.review.allBoards}</Link>
          </nav>
        }
      >
        {words.common.resultsThatWait}
      </PageTitle>
      <Stack>
        {decides ? null : <Soft>{words.review.anOrganizerDecidesAboutThemTitle}</Soft>}
        {error === null ? null : <Banner>{words.review.whatWaitsCannotBeReadNow(error.message)}</Banner>}
        {decided.length === 0 ? null : (
          <Rows aria-label={words.review.decidedJustNow}>
            {decided.map((one) => (
              <DecidedRow key={one.kept.result.resultId} decided={one} onDecide={desk.decide} onDecided={remember} />
            ))}
          </Rows>
        )}
        {results.length === 0 ? <Empty title={words.review.noResultWaitsHere} /> : null}
        <Stack component="ul" p={0} m={0}>
          {results.map((kept) => (
            <ReviewResult
              key={kept.result.resultId}
              kept={kept}
              board={board}
              desk={decides ? desk : undefined}
              onDecided={remember}
            />
          ))}
        </Stack>
        {next === null ? null : (
          <Button variant="default" mx="auto" onClick={() => setPages(pages + 1)}>
            {words.common.showMore}
          </Button>
        )}
      </Stack>
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
      <Text span flex={1}>
        <b>{kept.result.alias}</b> {decision === 'approve' ? words.review.countsNow : words.review.doesNotCount}
        {refusal === null ? null : <span role="alert"> {refusal}</span>}
      </Text>
      <Button variant="default" onClick={change}>
        {other === 'approve' ? words.review.approveAfterAll : words.review.rejectAfterAll}
      </Button>
    </li>
  );
}
