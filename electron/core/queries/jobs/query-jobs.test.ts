import { describe, expect, it } from 'vitest';
import { MidwatchError } from '@shared/errors';
import { realClock } from '../../testing/real-clock';
import { QueryJobs, type JobOrder } from './query-jobs';

const order: JobOrder = {
  kind: 'capture',
  title: 'Week 47',
  first: { done: 0, total: 10, unit: 'bytes', words: 'reading' },
  reviewId: null,
  classId: null,
};

const jobsOf = (): QueryJobs => {
  let ids = 0;
  return new QueryJobs({ clock: realClock, newId: () => String((ids += 1)) });
};

describe('QueryJobs', () => {
  it('tells progress, rate, time left and the end to whoever watches', async () => {
    const jobs = jobsOf();
    const abort = new AbortController();
    const seen: string[] = [];
    const watching = (async () => {
      for await (const [job] of jobs.watch(abort.signal)) {
        if (job) seen.push(job.state);
        if (job?.state === 'done') abort.abort();
      }
    })();
    const job = jobs.start(order, async (report) => {
      await realClock.sleep(20);
      report.progress({ done: 5, total: 10, unit: 'bytes', words: 'reading' });
      await realClock.sleep(20);
      report.made('review-1');
    });
    const ended = await jobs.ended(job.id);
    await watching;
    expect(ended).toMatchObject({ state: 'done', reviewId: 'review-1', progress: { done: 5 }, secondsLeft: null });
    expect(ended?.ratePerSecond).toBeGreaterThan(0);
    expect(seen[0]).toBe('running');
    expect(seen.at(-1)).toBe('done');
  });

  it('keeps the error of work that failed', async () => {
    const jobs = jobsOf();
    const job = jobs.start(order, async () => {
      throw new MidwatchError('file-unreadable', 'No such file', { nextStep: 'Choose another' });
    });
    expect(await jobs.ended(job.id)).toMatchObject({ state: 'failed', error: { code: 'file-unreadable' } });
  });

  it('calls cancelled what was cancelled, whatever it threw', async () => {
    const jobs = jobsOf();
    const job = jobs.start(order, async (_report, signal) => realClock.sleep(60_000, signal));
    jobs.cancel(job.id);
    expect(await jobs.ended(job.id)).toMatchObject({ state: 'cancelled', error: null });
  });

  it('waits at its end until the work has cleaned up', async () => {
    const jobs = jobsOf();
    let isClean = false;
    jobs.start(order, async (_report, signal) => {
      await realClock.sleep(60_000, signal).catch(() => undefined);
      await realClock.sleep(30);
      isClean = true;
    });
    await jobs.close();
    expect(isClean).toBe(true);
  });

  it('forgets what ended long ago, never what runs', async () => {
    const jobs = jobsOf();
    const running = jobs.start(order, async (_report, signal) => realClock.sleep(60_000, signal));
    for (let at = 0; at < 40; at += 1) await jobs.ended(jobs.start(order, async () => undefined).id);
    expect(jobs.list().length).toBeLessThan(25);
    expect(jobs.list().some((job) => job.id === running.id)).toBe(true);
    await jobs.close();
  });
});
