import { Stack } from '@mantine/core';
import type { ReactNode } from 'react';

interface FormProps {
  readonly label?: string;
  readonly onSubmit: () => void;
  /** Its fields say what is wrong with them ({@link useFields}), and not the browser. */
  readonly saysItself?: boolean;
  /** Escape in any of its fields. */
  readonly onCancel?: () => void;
  readonly children: ReactNode;
}

/** What is asked together, one below the other. It is never sent by the browser itself. */
export const Form = ({ label, saysItself = false, onSubmit, onCancel, children }: FormProps) => (
  <form
    aria-label={label}
    noValidate={saysItself}
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
