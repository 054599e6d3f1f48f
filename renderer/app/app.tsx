import { MantineProvider } from '@mantine/core';
import { Notifications } from '@mantine/notifications';
import { QueryClientProvider } from '@tanstack/react-query';
import { StrictMode, type ReactNode } from 'react';
import { queryClient } from '../lib/queries';
import { Shell } from './shell/shell';
import { cssVariablesResolver, theme } from './theme';

/** Everything around the screens: theme, answers of main, toasts for one's own acts. */
export function App(): ReactNode {
  return (
    <StrictMode>
      <MantineProvider theme={theme} cssVariablesResolver={cssVariablesResolver} defaultColorScheme="auto">
        <QueryClientProvider client={queryClient}>
          {/* Over the search: at the foot they would hide what must be typed. */}
          <Notifications position="top-center" limit={3} containerWidth={340} zIndex={400} />
          <Shell />
        </QueryClientProvider>
      </MantineProvider>
    </StrictMode>
  );
}
