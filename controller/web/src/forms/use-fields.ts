import { useForm } from '@mantine/form';
import type { z } from 'zod';

/** What is typed; a field that is left empty is left out of what is sent. */
type Typed<Schema extends z.ZodObject> = { [Name in keyof z.input<Schema> & string]-?: string };

/** What a field says where its schema does not take what is typed, in the language of the page. */
type Wrong<Schema extends z.ZodObject> = { readonly [Name in keyof z.input<Schema> & string]: string };

/**
 * A form by the schema of what it sends. Each field says what is wrong with it when it is sent and not taken, and no more as soon
 * as it is typed in; the first of them has the focus then.
 */
export function useFields<Schema extends z.ZodObject>(schema: Schema, initial: Typed<Schema>, wrong: Wrong<Schema>) {
  const read = (typed: Typed<Schema>) =>
    schema.safeParse(Object.fromEntries(Object.entries(typed).filter(([, text]) => text !== '')));
  const form = useForm<Typed<Schema>>({
    initialValues: initial,
    validate: (typed) =>
      Object.fromEntries(
        (read(typed).error?.issues ?? []).map(({ path: [name] }) => [name, wrong[name as keyof Wrong<Schema>]]),
      ),
  });
  return {
    /** For a field of `forms`. */
    field: <Name extends keyof Typed<Schema> & string>(name: Name) => {
      const { value, error, onChange } = form.getInputProps(name);
      return {
        value: value as string,
        error: error as string | undefined,
        onValue: onChange as (text: string) => void,
      };
    },
    /** Hands on what was typed, as its schema reads it. */
    send: (onSend: (sent: z.output<Schema>) => void) => () => {
      if (form.validate().hasErrors) return;
      const { data } = read(form.values);
      if (data !== undefined) onSend(data);
    },
    reset: form.reset,
  };
}
