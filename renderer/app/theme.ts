import {
  ActionIcon,
  Badge,
  Button,
  Checkbox,
  createTheme,
  Kbd,
  Menu,
  NumberInput,
  Paper,
  PasswordInput,
  rem,
  SegmentedControl,
  Select,
  Switch,
  Table,
  Tabs,
  Textarea,
  TextInput,
  Tooltip,
  type CSSVariablesResolver,
  type MantineColorsTuple,
} from '@mantine/core';

type Palette = Readonly<Record<'watch' | 'dark' | 'gray' | 'red' | 'yellow' | 'green', MantineColorsTuple>>;

// prettier-ignore
const colors: Palette = {
  watch: ['#eaf2ff', '#d3e3ff', '#a9c8ff', '#7eadff', '#5c97fb', '#4787f2', '#2f6fdf', '#245cc0', '#1c4ba0', '#143a80'],
  dark: ['#e7eaef', '#c5ccd6', '#a0aab8', '#7d8896', '#39424e', '#262d36', '#1b2027', '#14171c', '#0e1115', '#090b0e'],
  gray: ['#f7f8fa', '#f0f2f5', '#e3e7ec', '#d3d9e0', '#b9c1cb', '#8f99a6', '#667180', '#4a5462', '#2c343e', '#15191e'],
  red: ['#fff0f0', '#ffdcdc', '#ffb5b5', '#ff8a8a', '#fb6a6a', '#f0565a', '#d43b41', '#c02f35', '#a8272c', '#851e23'],
  yellow: ['#fff8e6', '#fdecc0', '#f9d98a', '#f5c553', '#efb32c', '#d99a10', '#b37c05', '#8f6200', '#704d00', '#523800'],
  green: ['#e9f9f0', '#cdf0dd', '#9de0bd', '#6bd09c', '#4cc38a', '#30a56c', '#1f8654', '#176c43', '#115334', '#0b3b25'],
};

const small = { size: 'xs' } as const;

/** The kit's theme: dense, two schemes, one accent. Colour tokens of our own parts stand in styles/tokens.css. */
export const theme = createTheme({
  primaryColor: 'watch',
  primaryShade: { light: 6, dark: 6 },
  autoContrast: true,
  luminanceThreshold: 0.42,
  colors,
  defaultRadius: 'sm',
  cursorType: 'pointer',
  focusRing: 'auto',
  respectReducedMotion: true,
  fontFamily: '"Inter Variable", "Segoe UI", system-ui, sans-serif',
  fontFamilyMonospace: '"JetBrains Mono Variable", "Cascadia Mono", monospace',
  fontSizes: { xs: rem(11), sm: rem(12), md: rem(13), lg: rem(15), xl: rem(20) },
  lineHeights: { xs: '1.3', sm: '1.35', md: '1.4', lg: '1.35', xl: '1.25' },
  spacing: { xs: rem(4), sm: rem(8), md: rem(12), lg: rem(16), xl: rem(24) },
  radius: { xs: rem(2), sm: rem(4), md: rem(6), lg: rem(8), xl: rem(12) },
  components: {
    Button: Button.extend({
      defaultProps: small,
      styles: { root: { fontWeight: 550, height: rem(28), paddingInline: rem(10) } },
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { size: 26, variant: 'subtle', color: 'gray' } }),
    TextInput: TextInput.extend({ defaultProps: small }),
    PasswordInput: PasswordInput.extend({ defaultProps: small }),
    NumberInput: NumberInput.extend({ defaultProps: small }),
    Select: Select.extend({ defaultProps: small }),
    Textarea: Textarea.extend({ defaultProps: small }),
    Checkbox: Checkbox.extend({ defaultProps: small }),
    Switch: Switch.extend({ defaultProps: small }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: small }),
    Table: Table.extend({ defaultProps: { verticalSpacing: 4, horizontalSpacing: 8, highlightOnHover: true } }),
    Tabs: Tabs.extend({ styles: { tab: { padding: '7px 10px', fontSize: rem(12) } } }),
    Badge: Badge.extend({
      defaultProps: { size: 'sm', radius: 'sm', variant: 'light' },
      styles: { root: { textTransform: 'none', fontWeight: 550 } },
    }),
    Tooltip: Tooltip.extend({ defaultProps: { openDelay: 300, withArrow: true, fz: 'xs' } }),
    Menu: Menu.extend({ defaultProps: { shadow: 'md' } }),
    Kbd: Kbd.extend({ defaultProps: small }),
    Paper: Paper.extend({ defaultProps: { withBorder: true, radius: 'md' } }),
  },
});

/** Mantine's own error red is too dark to read on a dark input, so text colours are set per scheme. */
export const cssVariablesResolver: CSSVariablesResolver = () => ({
  variables: {},
  dark: {
    '--mantine-color-body': '#0e1115',
    '--mantine-color-text': '#e7eaef',
    '--mantine-color-dimmed': '#a0aab8',
    '--mantine-color-default': '#1b2027',
    '--mantine-color-default-hover': '#222831',
    '--mantine-color-default-border': '#39424e',
    '--mantine-color-placeholder': '#8a95a3',
    '--mantine-color-error': '#ff7276',
  },
  light: {
    '--mantine-color-body': '#f4f5f7',
    '--mantine-color-text': '#15191e',
    '--mantine-color-dimmed': '#4a5462',
    '--mantine-color-default': '#ffffff',
    '--mantine-color-default-hover': '#f4f6f8',
    '--mantine-color-default-border': '#c5ccd5',
    '--mantine-color-placeholder': '#5d6876',
    '--mantine-color-error': '#c02a30',
  },
});
