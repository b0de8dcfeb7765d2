import { Container, Group, Paper, Text, Title } from '@mantine/core';
import { useDocumentTitle } from '@mantine/hooks';
import type { ReactNode } from 'react';
import { Link } from 'wouter';
import styles from './shell.module.css';

interface PageTitleProps {
  /** What the page is about; its first words name it in the browser, too. */
  readonly children: string;
  /** Beside it, smaller. */
  readonly small?: ReactNode;
  /** Beside it, or below where there is no room: what more there is to say, or where to go from here. */
  readonly aside?: ReactNode;
}

/** The page's heading, and its name in the browser. */
export function PageTitle({ children, small, aside }: PageTitleProps) {
  useDocumentTitle(`${children} · Pitwall`);
  return (
    <Group justify="space-between" align="baseline" gap="0.2rem 1rem" mb="sm">
      <Title order={1} fz="1.6rem" lh={1.15} style={{ overflowWrap: 'anywhere' }}>
        {children}
        {small}
      </Title>
      {aside === undefined ? null : (
        <Group component="div" c="dimmed" gap="0.3rem 1rem">
          {aside}
        </Group>
      )}
    </Group>
  );
}

/** A page to be read line by line: no wider than lines should be. */
export const Narrow = ({ children }: { readonly children: ReactNode }) => (
  <Container size="60rem" w="100%" px={0}>
    {children}
  </Container>
);

interface ColumnsProps {
  /** The least width of one. */
  readonly least?: string;
  /** Few keep their width instead of sharing all of it. */
  readonly fill?: boolean;
  readonly children: ReactNode;
}

/** As many side by side as fit. */
export const Columns = ({ least = '22rem', fill = false, children }: ColumnsProps) => (
  <div
    className={styles.columns}
    style={{ '--least': least, '--fit': fill ? 'auto-fill' : 'auto-fit' } as React.CSSProperties}
  >
    {children}
  </div>
);

interface SplitProps {
  /** The first one's share. */
  readonly left?: string;
  /** On a narrow screen the second one comes before what can be read later. */
  readonly lastFirst?: boolean;
  readonly children: ReactNode;
}

/** Two columns, on a narrow screen one below the other. */
export const Split = ({ left = '1.35fr', lastFirst = false, children }: SplitProps) => (
  <div
    className={styles.split}
    data-last-first={lastFirst || undefined}
    style={{ '--left': left } as React.CSSProperties}
  >
    {children}
  </div>
);

interface RowsProps {
  readonly ordered?: boolean;
  /** The number of the first, where they are ordered. */
  readonly start?: number;
  /** Each is a block of its own, not parts side by side. */
  readonly block?: boolean;
  readonly 'aria-label'?: string;
  readonly 'data-testid'?: string;
  readonly children: ReactNode;
}

/** A list: one thing below the other, the parts of each side by side. */
export function Rows({ ordered = false, start, block = false, ...more }: RowsProps) {
  const all = { ...more, className: styles.rows, 'data-block': block || undefined };
  return ordered ? <ol start={start} {...all} /> : <ul {...all} />;
}

/** Large links one below the other, to choose from. Each child is a {@link LargeLink}. */
export const LinkList = ({ children }: { readonly children: ReactNode }) => (
  <Container component="ul" size="60rem" w="100%" p={0} m="0 auto" style={{ listStyle: 'none' }}>
    {children}
  </Container>
);

export const LargeLink = ({ href, children }: { readonly href: string; readonly children: ReactNode }) => (
  <Paper component="li" mb="sm">
    <Group
      component={Link}
      {...{ href }}
      justify="space-between"
      align="baseline"
      gap="0.2rem 1rem"
      fz="1.4rem"
      fw={750}
      td="none"
    >
      {children}
    </Group>
  </Paper>
);

/** Names and what they are: pairs of {@link Fact}. */
export const Facts = ({ least = '13rem', children }: { readonly least?: string; readonly children: ReactNode }) => (
  <dl
    className={styles.columns}
    style={{ margin: 0, gap: '0.5rem 1.1rem', '--least': least, '--fit': 'auto-fill' } as React.CSSProperties}
  >
    {children}
  </dl>
);

export const Fact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <div>
    <Text component="dt" fz="0.9rem" c="dimmed">
      {name}
    </Text>
    <Text component="dd" m={0} style={{ overflowWrap: 'anywhere' }}>
      {children}
    </Text>
  </div>
);
