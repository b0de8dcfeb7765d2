import { Alert, Group, Paper, Stack, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';

interface NoteProps {
  readonly title: string;
  readonly children?: ReactNode;
}

/** What a page says where it has nothing else to show: it is the page's heading. */
export function Note(props: NoteProps) {
  useDocumentTitle(`${props.title} · Pitwall`);
  return <Said {...props} order={1} />;
}

/** What a part of a page says where it has nothing to show. */
export const Empty = (props: NoteProps) => <Said {...props} order={2} />;

const Said = ({ title, children, order }: NoteProps & { readonly order: 1 | 2 }) => (
  <Stack m="auto" maw="34rem" gap="xs" ta="center" align="center" role="status">
    <Title order={order} fz="1.6rem">
      {title}
    </Title>
    <Text component="div" c="dimmed" fz="1.15rem">
      {children}
    </Text>
  </Stack>
);

/** Says loudly that what is shown may not be what is. */
export const Banner = ({ children }: { readonly children: ReactNode }) => (
  <Alert color="alarm" variant="filled" mb="sm" fw={700} py="xs">
    {children}
  </Alert>
);

/** What was refused, or what is wrong with what was typed; nothing where nothing is. */
export function Refusal({ children }: { readonly children: string | readonly string[] | null }) {
  const lines = (typeof children === 'string' ? [children] : (children ?? [])).filter((line) => line !== '');
  if (lines.length === 0) return null;
  return (
    <Alert color="stop" variant="outline" py="xs">
      {lines.map((line) => (
        <Text key={line} c="var(--ink)" fw={600}>
          {line}
        </Text>
      ))}
    </Alert>
  );
}

interface PanelProps {
  readonly title: string;
  readonly aside?: ReactNode;
  readonly children: ReactNode;
}

/** One part of a page, with its name. */
export const Panel = ({ title, aside, children }: PanelProps) => (
  <Paper component="section" aria-label={title} miw={0}>
    <PanelTitle aside={aside}>{title}</PanelTitle>
    <Stack gap="xs" flex={1} mih={0}>
      {children}
    </Stack>
  </Paper>
);

export const PanelTitle = ({ aside, children }: { readonly aside?: ReactNode; readonly children: ReactNode }) => (
  <Title order={2} fz="0.85rem" mb="xs" c="dimmed" lts="0.06em">
    <Group justify="space-between" gap="0 1rem">
      <Text span inherit tt="uppercase">
        {children}
      </Text>
      {aside === undefined ? null : (
        <Text span inherit lts={0} fw={600}>
          {aside}
        </Text>
      )}
    </Group>
  </Title>
);

/** Something said beside what matters. */
export const Soft = ({ children }: { readonly children: ReactNode }) => (
  <Text c="dimmed" fz="0.95rem" fw={500}>
    {children}
  </Text>
);
