import {
  Button,
  Checkbox,
  createTheme,
  defaultVariantColorsResolver,
  type MantineColorsTuple,
  Modal,
  NativeSelect,
  Paper,
  Table,
  Textarea,
  TextInput,
} from '@mantine/core';

/** One colour in all shades: which one it is in which scheme, `theme.css` says. */
const colour = (name: string): MantineColorsTuple => {
  const value = `var(--${name})`;
  return [value, value, value, value, value, value, value, value, value, value];
};

/** How Mantine's components look here. Their colours are the variables of `theme.css`. */
export const theme = createTheme({
  primaryColor: 'accent',
  colors: { accent: colour('accent'), alarm: colour('alarm'), stop: colour('stop') },
  defaultRadius: 'md',
  cursorType: 'pointer',
  variantColorResolver: (input) => {
    const colours = defaultVariantColorsResolver(input);
    const isAccent = input.variant === 'filled' && (input.color ?? 'accent') === 'accent';
    return isAccent ? { ...colours, color: 'var(--on-accent)' } : colours;
  },
  components: {
    Button: Button.extend({ defaultProps: { fw: 700 } }),
    Checkbox: Checkbox.extend({ defaultProps: { size: 'md' } }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: 'md' } }),
    TextInput: TextInput.extend({ defaultProps: { size: 'md' } }),
    Textarea: Textarea.extend({ defaultProps: { size: 'md' } }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'lg', bg: 'var(--panel)', p: 'md' } }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 'xs' } }),
    // What locks the scrolling would write a style element, which the policy of the pages forbids.
    Modal: Modal.extend({ defaultProps: { lockScroll: false, centered: true } }),
  },
});
