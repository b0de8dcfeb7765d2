import type { KeptResult } from '@pitwall/protocol/api';
import { Fact, Facts } from '../shell/index.js';
import { words } from '../staff-words/index.js';
import { dateText, plusMinus } from '../times/index.js';
import { trackText } from './reasons.js';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Where a result comes from. */
export function Provenance({ kept: { result, receivedAt, signed } }: { readonly kept: KeptResult }) {
  const { provenance, track, rules, model, finishedAt, revision, resultId } = result;
  return (
    <Facts least="17rem">
      <Fact name={words.review.from}>
        {provenance.source}, {signed ? words.review.signed : words.review.notSigned}
      </Fact>
      {provenance.kind === 'imported' ? (
        <Fact name={words.review.imported}>
          {words.review.importedBy(provenance.from, provenance.by)} <code>{provenance.file.slice(0, 12)}…</code>{' '}
          {provenance.original}
        </Fact>
      ) : provenance.race === undefined ? null : (
        <Fact name={words.common.race}>{provenance.race}</Fact>
      )}
      {provenance.kind === 'imported' ? null : provenance.kind === 'physical' ? (
        <>
          <Fact name={words.common.gates}>
            {provenance.gates.map(({ gate, uncertainty }) => `${gate} ${plusMinus(uncertainty)}`).join(', ')}
          </Fact>
          <Fact name={words.common.car}>{provenance.car ?? words.review.notNamed}</Fact>
        </>
      ) : (
        <Fact name={words.review.simulator}>
          {words.review.version(provenance.simulatorVersion, provenance.seed, provenance.checkpoint)}
        </Fact>
      )}
      <Fact name={words.common.track}>{trackText(track)}</Fact>
      <Fact name={words.common.rules}>
        {rules.name} <code>{rules.hash.slice(0, 12)}…</code>
      </Fact>
      <Fact name={words.common.model}>
        {model === null ? (
          words.review.notDeclared
        ) : (
          <>
            {model.name} <code>{model.hash.slice(0, 12)}…</code>
          </>
        )}
      </Fact>
      <Fact name={words.review.driven}>{dateText(finishedAt, here)}</Fact>
      <Fact name={words.review.received}>{dateText(receivedAt, here)}</Fact>
      <Fact name={words.review.result}>
        <code>{resultId}</code>
        {words.common.revision(revision)}
      </Fact>
    </Facts>
  );
}
