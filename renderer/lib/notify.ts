import { notifications } from '@mantine/notifications';
import type { AppError } from '@shared/errors';

/** Toast for the result of what the person just did. Alerts never come this way: they live in the counts and in Activity. */
export function notifyDone(text: string): void {
  notifications.show({ message: text, color: 'green', autoClose: 4_000, withBorder: true });
}

/** Toast for an own act that failed where no form stands to hold the message. */
export function notifyFailed(error: AppError): void {
  notifications.show({
    title: error.message,
    message: error.nextStep,
    color: 'red',
    autoClose: 8_000,
    withBorder: true,
  });
}
