import { Button, Text } from '@mantine/core';
import type { RaceId } from '@pitwall/protocol';
import type { EvaluationFileKind, EvaluationReport } from '@pitwall/protocol/api';
import { useState } from 'react';
import { ask, saveFile } from '../http/index.js';
import { useCredentials } from '../session/index.js';
import { Rows } from '../shell/index.js';
import { words } from '../words/index.js';

const kinds: Record<EvaluationFileKind, { readonly text: string; readonly ending: string }> = {
  report: { text: words.evaluation.evaluationReportAPageOf, ending: 'report.html' },
  metrics: { text: words.evaluation.metricsAsLogToolsRead, ending: 'metrics.json' },
  simtrace: { text: words.evaluation.simtraceStepByStep, ending: 'simtrace.csv' },
  replay: { text: words.evaluation.replayForAPlayer, ending: 'replay.json' },
};
type File = EvaluationReport['files'][number];

interface DownloadProps {
  readonly race: RaceId;
  readonly model: string;
  readonly report: EvaluationReport;
  readonly checkpoint: string;
}

/** What there is to take home, of the checkpoint that is shown. */
export function Downloads({ race, model, report, checkpoint }: DownloadProps) {
  const who = useCredentials(race);
  const [error, setError] = useState<string | null>(null);
  const files = report.files.filter((file) => file.checkpoint === null || file.checkpoint === checkpoint);
  const save = async (file: File): Promise<void> => {
    setError(null);
    try {
      const answer = await ask(file.path, who);
      saveFile(await answer.blob(), nameOf(model, file));
    } catch (failed) {
      setError(failed instanceof Error ? failed.message : String(failed));
    }
  };
  return (
    <>
      <Rows data-testid="files">
        {files.map((file) => (
          <li key={`${file.kind} ${file.checkpoint}`}>
            <Text span flex={1} miw="7rem">
              {kinds[file.kind].text}{' '}
              <Text component="small" c="dimmed" fz="0.95rem">
                {words.evaluation.kilobytes(Math.max(1, Math.round(file.bytes / 1024)))}
              </Text>
            </Text>
            <Button
              variant="default"
              size="xs"
              aria-label={words.evaluation.save(kinds[file.kind].ending)}
              onClick={() => void save(file)}
            >
              {words.common.save}
            </Button>
          </li>
        ))}
      </Rows>
      {error === null ? null : <p role="alert">{error}</p>}
    </>
  );
}

const nameOf = (model: string, { kind, checkpoint }: File): string =>
  [model, checkpoint, kinds[kind].ending]
    .filter((part) => part !== null)
    .join('-')
    .replace(/[^A-Za-z0-9._-]+/g, '_');
