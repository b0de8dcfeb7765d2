import { Text } from '@mantine/core';
import type { StatusView, Tone } from './status-words.js';

const colours: Readonly<Record<Tone, string>> = {
  idle: 'var(--ink)',
  go: 'var(--accent)',
  done: 'var(--go)',
  stop: 'var(--stop)',
};

/** What a submission is now, and why. */
export const Status = ({ view: { text, detail, tone } }: { readonly view: StatusView }) => (
  <>
    <Text span fw={700} c={colours[tone]} role="status">
      {text}
    </Text>
    {detail === null ? '' : `: ${detail}`}
  </>
);
