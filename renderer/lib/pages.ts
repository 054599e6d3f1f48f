import { useQueries } from '@tanstack/react-query';
import { useLayoutEffect, useRef } from 'react';
import type { AppError } from '@shared/errors';
import type { CallInput, CallOutput } from '@shared/ipc/contract';
import { call, errorOf } from './bridge';
import { keyOf } from './queries';

/** A long list of which only the pages in sight are asked for. */
export interface Paged<Row> {
  /** Null until the first page came. */
  readonly total: number | null;
  /** Undefined while its page is on the way. */
  readonly row: (index: number) => Row | undefined;
  readonly error: AppError | null;
}

const pageSize = 100;
/** Rows beyond both ends whose pages are asked for too: about as many as a fast wheel passes while a page is on its way. */
const aheadRows = 60;
/** A page that nobody looks at is given back: a whole list would be a hundred megabytes. */
const keptMs = 60_000;

/** Which pages a stretch of rows touches, and those that scrolling meets next, either way. */
export const pagesInSight = (first: number, last: number): readonly number[] => {
  const from = Math.floor(Math.max(0, first - aheadRows) / pageSize);
  const to = Math.floor((Math.max(first, last) + aheadRows) / pageSize);
  return Array.from({ length: to - from + 1 }, (_, index) => from + index);
};

type ClassQuery = Omit<CallInput<'query.classes'>, 'offset' | 'limit'>;
type ClassPage = CallOutput<'query.classes'>;

/**
 * Statement classes of a review, sorted and filtered in main; `first` and `last` are the rows in sight. Another question shows
 * the rows before until the first of its own have come.
 */
export function useClassPages(query: ClassQuery, first: number, last: number): Paged<ClassPage['rows'][number]> {
  const answers = useQueries({
    queries: pagesInSight(first, last).map((page) => {
      const input = { ...query, offset: page * pageSize, limit: pageSize };
      return {
        queryKey: keyOf('query.classes', input),
        queryFn: ({ signal }: { readonly signal: AbortSignal }) => call('query.classes', input, signal),
        gcTime: keptMs,
      };
    }),
  });
  const before = useRef<readonly ClassPage[]>([]);
  const come = answers.flatMap(({ data }) => data ?? []);
  const pages = come.length > 0 ? come : before.current;
  useLayoutEffect(() => {
    before.current = pages;
  });
  const byPage = new Map(pages.map((page) => [Math.floor(page.offset / pageSize), page.rows]));
  const failed = answers.find((answer) => answer.error !== null);
  return {
    total: pages[0]?.total ?? null,
    row: (index) => byPage.get(Math.floor(index / pageSize))?.[index % pageSize],
    error: failed?.error ? errorOf(failed.error) : null,
  };
}
