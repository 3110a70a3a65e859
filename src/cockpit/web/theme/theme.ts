import { createTheme } from '@mantine/core';

// Variables stand in `mantine.css`; the shades are there because Mantine wants ten of them, and are not used.
const INK = Array.from({ length: 10 }, () => '#16233b') as unknown as [
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
  string,
];

export const theme = createTheme({
  primaryColor: 'ink',
  colors: { ink: INK },
  focusRing: 'auto',
  cursorType: 'pointer',
  respectReducedMotion: true,
  // Inside a dialog of the browser's own, a portal would lie under it, out of reach.
  components: {
    Popover: { defaultProps: { withinPortal: false, transitionProps: { duration: 0 } } },
    Menu: { defaultProps: { withinPortal: false, transitionProps: { duration: 0 } } },
    Tooltip: { defaultProps: { withinPortal: false, openDelay: 300 } },
    Combobox: { defaultProps: { withinPortal: false, transitionProps: { duration: 0 } } },
  },
});
