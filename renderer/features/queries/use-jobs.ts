import { useQueryClient } from '@tanstack/react-query';
import { useEffect, useEffectEvent, useRef } from 'react';
import type { QueryJob } from '@shared/model/query-job';
import { useWatch } from '../../lib/queries';

const noInput = {};

/** Long work of the review, newest first. What a job changed is asked again when it ends. */
export function useJobs(): readonly QueryJob[] {
  const client = useQueryClient();
  const jobs = useWatch('query.jobs', noInput).data ?? [];
  const ended = jobs.filter((job) => job.state !== 'running').map((job) => job.id);
  const seen = useRef<ReadonlySet<string> | null>(null);
  const refresh = useEffectEvent((ids: readonly string[]) => {
    const isNew = seen.current !== null && ids.some((id) => seen.current?.has(id) === false);
    seen.current = new Set(ids);
    if (!isNew) return;
    for (const name of ['query.reviews', 'query.review', 'query.classes', 'query.class'])
      void client.invalidateQueries({ queryKey: [name] });
  });
  const key = ended.join();
  useEffect(() => refresh(key === '' ? [] : key.split(',')), [key]);
  return jobs;
}
