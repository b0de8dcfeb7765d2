import { Button, Group, Paper, Text } from '@mantine/core';
import { useEffect } from 'react';
import { words } from '../staff-words/index.js';
import { DoubtList, type DoubtListProps } from './doubt-list.js';

interface QuestionProps extends DoubtListProps {
  /** What the desk said, where it asked. */
  readonly said: string | null;
  readonly onCancel: () => void;
}

/** Asked once before a run is confirmed: what becomes of the laps in doubt that change its result. It lies over the page. */
export function ConfirmQuestion({ said, onCancel, ...list }: QuestionProps) {
  useEffect(() => {
    const listen = ({ key }: KeyboardEvent) => {
      if (key === 'Escape') onCancel();
    };
    window.addEventListener('keydown', listen);
    return () => window.removeEventListener('keydown', listen);
  }, [onCancel]);
  const laps = list.doubts.map(({ lap }) => lap).join(', ');
  return (
    <Paper component="section" bd="2px solid var(--warn)" aria-label={words.marshal.confirmWithoutTheLapsIn}>
      <Text fz="1.2rem" fw={700}>
        {list.doubts.length === 0 ? words.marshal.lapsAreInDoubt : words.marshal.wouldChange(list.doubts.length, laps)}
      </Text>
      {list.doubts.length === 0 && said !== null ? <Text>{said}</Text> : null}
      <Text>
        {words.marshal.enterAgainConfirms} <b>{words.marshal.without}</b>{' '}
        {words.marshal.andTheLogSaysSo(list.doubts.length)}
      </Text>
      <DoubtList {...list} />
      <Group gap="xs">
        <Button variant="default" onClick={onCancel}>
          {words.marshal.notYet}
        </Button>
      </Group>
    </Paper>
  );
}
