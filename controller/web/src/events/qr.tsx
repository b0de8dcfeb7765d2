import { Box, Text } from '@mantine/core';
import type { ReactNode } from 'react';
import { encode } from 'uqr';
import { words } from '../event-words/index.js';
import { Panel, Soft } from '../shell/index.js';

/** Whether only this computer reaches an address. */
export const isLoopback = (address: string): boolean => /^(localhost|127\.|\[::1\])/.test(new URL(address).hostname);

/** An address as QR: dark on light in every scheme, with the margin that scanners need (ISO/IEC 18004: four modules). */
export function QrCode({ text }: { readonly text: string }) {
  const { data, size } = encode(text, { ecc: 'M', border: 4 });
  const path = data.flatMap((row, y) => row.flatMap((dark, x) => (dark ? [`M${x} ${y}h1v1h-1z`] : []))).join('');
  return (
    <svg role="img" aria-label={text} viewBox={`0 0 ${size} ${size}`} width="100%" style={{ background: '#fff' }}>
      <path d={path} fill="#000" shapeRendering="crispEdges" />
    </svg>
  );
}

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
