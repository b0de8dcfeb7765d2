import { Box, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { words } from '../event-words/index.js';
import { QrCode } from '../qr/index.js';
import { Panel, Soft } from '../shell/index.js';

/** Whether only this computer reaches an address. */
export const isLoopback = (address: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(address).hostname);

interface QrPanelProps {
  readonly title: string;
  /** Null: that of this page. */
  readonly origin?: string | null;
  readonly path: string;
  readonly children?: ReactNode;
}

/** An address for phones, to scan or to type. */
export function QrPanel({ title, origin = null, path, children }: QrPanelProps) {
  const address = (origin ?? window.location.origin) + path;
  return (
    <Panel title={title}>
      <Soft>{words.events.scan}</Soft>
      <Box maw="16rem">
        <QrCode text={address} />
      </Box>
      <Text ff="monospace" style={{ overflowWrap: 'anywhere' }}>
        {address}
      </Text>
      {children}
      {isLoopback(address) ? <Soft>{words.events.loopbackOnly}</Soft> : null}
    </Panel>
  );
}
