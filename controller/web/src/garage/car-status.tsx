import { Badge, Group, Text } from '@mantine/core';
import type { StatusText } from './car-status-text.js';

/** Beside the colour, for who does not see it. */
const signs: Readonly<Record<StatusText['tone'], string>> = { good: '✓', warn: '!', bad: '✗', unknown: '?' };
const colours: Readonly<Record<StatusText['tone'], string>> = {
  good: 'var(--go)',
  warn: 'var(--warn)',
  bad: 'var(--stop)',
  unknown: 'var(--ink-2)',
};

/** How a car is, as a sentence that is read from two metres away. */
export const CarStatus = ({ said: { text, tone } }: { readonly said: StatusText }) => (
  <Text fz="1.35rem" fw={800} lh={1.25} c={colours[tone]} data-tone={tone}>
    {text}
  </Text>
);

/** One thing that a run needs, and how it is. */
export function Chip({ name, said: { text, tone } }: { readonly name: string; readonly said: StatusText }) {
  const isBad = tone === 'bad';
  return (
    <Badge
      component="li"
      variant="default"
      size="lg"
      h="auto"
      mih="1.75rem"
      tt="none"
      fw={600}
      bd={0}
      bg={isBad ? 'var(--alarm)' : 'var(--panel-2)'}
      c={isBad ? 'var(--on-alarm)' : 'var(--ink)'}
      styles={{ label: { whiteSpace: 'normal' } }}
      data-tone={tone}
    >
      <Text span inherit fw={800} c={isBad ? 'inherit' : colours[tone]} aria-hidden="true">
        {signs[tone]}
      </Text>{' '}
      {name}: <span>{text}</span>
    </Badge>
  );
}

export const Chips = ({ children }: { readonly children: React.ReactNode }) => (
  <Group component="ul" gap="0.4rem 0.5rem" p={0} m={0}>
    {children}
  </Group>
);
