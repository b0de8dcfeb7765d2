import { PitwallError } from '@pitwall/protocol';

export interface KnownRevision {
  readonly revision: number;
  readonly content: string;
  readonly source: string;
}

export interface IncomingRevision extends KnownRevision {
  readonly resultId: string;
}

export type Decision = 'new' | 'repeat' | 'amend' | 'late';

/**
 * What an incoming result means beside what is known of its id: the current revision, and the content of the same
 * revision where it was passed over before. The highest revision counts; each revision has one content for ever.
 * @throws PitwallError `result-conflict`.
 */
export function decide(
  current: KnownRevision | undefined,
  earlier: string | undefined,
  incoming: IncomingRevision,
): Decision {
  if (current === undefined) return 'new';
  const { resultId, revision, content, source } = incoming;
  const same = revision === current.revision ? current.content : earlier;
  if (current.source !== source)
    throw new PitwallError('result-conflict', `Result ${resultId} came from another source; ids are made once, anew.`);
  if (same !== undefined && same !== content)
    throw new PitwallError(
      'result-conflict',
      `Result ${resultId} is known with other content in revision ${revision}; an amendment needs a higher revision.`,
      { details: { resultId, revision, current: current.revision } },
    );
  if (same !== undefined) return 'repeat';
  return revision > current.revision ? 'amend' : 'late';
}
