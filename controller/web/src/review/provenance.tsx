import type { KeptResult } from '@pitwall/protocol/api';
import { Fact, Facts } from '../shell/index.js';
import { dateText, plusMinus } from '../times/index.js';
import { trackText } from './reasons.js';

const here = Intl.DateTimeFormat().resolvedOptions().timeZone;

/** Where a result comes from. */
export function Provenance({ kept: { result, receivedAt, signed } }: { readonly kept: KeptResult }) {
  const { provenance, track, rules, model, finishedAt, revision, resultId } = result;
  return (
    <Facts least="17rem">
      <Fact name="From">
        {provenance.source}, {signed ? 'signed' : 'not signed'}
      </Fact>
      {provenance.race === undefined ? null : <Fact name="Race">{provenance.race}</Fact>}
      {provenance.kind === 'physical' ? (
        <>
          <Fact name="Gates">
            {provenance.gates.map(({ gate, uncertainty }) => `${gate} ${plusMinus(uncertainty)}`).join(', ')}
          </Fact>
          <Fact name="Car">{provenance.car ?? 'not named'}</Fact>
        </>
      ) : (
        <Fact name="Simulator">
          version {provenance.simulatorVersion}, seed {provenance.seed}, checkpoint {provenance.checkpoint}
        </Fact>
      )}
      <Fact name="Track">{trackText(track)}</Fact>
      <Fact name="Rules">
        {rules.name} <code>{rules.hash.slice(0, 12)}…</code>
      </Fact>
      <Fact name="Model">
        {model === null ? (
          'not declared'
        ) : (
          <>
            {model.name} <code>{model.hash.slice(0, 12)}…</code>
          </>
        )}
      </Fact>
      <Fact name="Driven">{dateText(finishedAt, here)}</Fact>
      <Fact name="Received">{dateText(receivedAt, here)}</Fact>
      <Fact name="Result">
        <code>{resultId}</code>, revision {revision}
      </Fact>
    </Facts>
  );
}
