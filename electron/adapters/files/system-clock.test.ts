import { expect, it } from 'vitest';
import { SystemClock } from './system-clock';

const clock = new SystemClock();

it('sleeps, and wakes with the signal', async () => {
  const before = clock.monotonicMs();
  await clock.sleep(20);
  expect(clock.monotonicMs() - before).toBeGreaterThan(15);
  const controller = new AbortController();
  const sleeping = clock.sleep(60_000, controller.signal);
  controller.abort();
  await expect(sleeping).rejects.toMatchObject({ name: 'AbortError' });
  await expect(clock.sleep(1, controller.signal)).rejects.toMatchObject({ name: 'AbortError' });
});
