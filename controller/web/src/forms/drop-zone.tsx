import { Paper } from '@mantine/core';
import { type ReactNode, useState } from 'react';

interface DropZoneProps {
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** Where files may be dropped, besides being chosen in the field inside. */
export function DropZone({ onFiles, children }: DropZoneProps) {
  const [isOver, setOver] = useState(false);
  return (
    <Paper
      p="md"
      bg="transparent"
      bd={`2px dashed var(${isOver ? '--accent' : '--line'})`}
      onDragOver={(event) => {
        event.preventDefault();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        setOver(false);
        onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
    </Paper>
  );
}
