import { notifications } from '@mantine/notifications';

/** Toast for the result of what the person just did. Alerts never come this way: they live in the counts and in Activity. */
export function notifyDone(text: string): void {
  notifications.show({
    message: text,
    color: 'green',
    autoClose: 4_000,
    withBorder: true,
    closeButtonProps: { 'aria-label': 'Close notice' },
  });
}
