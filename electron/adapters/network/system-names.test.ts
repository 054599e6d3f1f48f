import { describe, expect, it } from 'vitest';
import { SystemNames } from './system-names';

describe('the time to live of a name', () => {
  it('is an error with a code where no resolver knows the name', async () => {
    await expect(
      new SystemNames().ttlSeconds('db.midwatch.invalid', new AbortController().signal),
    ).rejects.toMatchObject({
      code: 'name-not-found',
    });
  });

  it('is not waited for by one who left', async () => {
    const left = new AbortController();
    const asked = new SystemNames().ttlSeconds('db.midwatch.invalid', left.signal);
    left.abort();
    await expect(asked).rejects.toMatchObject({ code: 'name-not-found' });
  });
});
