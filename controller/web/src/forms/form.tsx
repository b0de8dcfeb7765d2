import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface FormProps {
  readonly label?: string;
  readonly onSubmit: () => void;
  /** Escape in any of its fields. */
  readonly onCancel?: () => void;
  readonly children: ReactNode;
}

/** What is asked together, one below the other. It is never sent by the browser itself. */
export const Form = ({ label, onSubmit, onCancel, children }: FormProps) => (
  <form
    aria-label={label}
    onSubmit={(event) => {
      event.preventDefault();
      onSubmit();
    }}
    onKeyDown={({ key }) => {
      if (key === 'Escape') onCancel?.();
    }}
  >
    <Stack gap="sm">{children}</Stack>
  </form>
);
