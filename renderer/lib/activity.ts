import { useQueryClient } from '@tanstack/react-query';
import { useEffect } from 'react';
import type { AppError } from '@shared/errors';
import type { Activity } from '@shared/model/activity';
import { watch } from './bridge';
import { keyOf, useCall } from './queries';

const shownAtStart = 400;

/** Log lines, newest first. */
export interface ActivityLines {
  readonly lines: readonly Activity[];
  readonly error: AppError | null;
  readonly asking: boolean;
}

/** The whole log: the newest lines asked once, later ones as they come. */
export function useActivity(): ActivityLines {
  return useLines({ limit: shownAtStart });
}

/** The log of one cluster. */
export function useClusterActivity(clusterId: string): ActivityLines {
  return useLines({ clusterId, limit: 100 });
}

function useLines(input: { readonly clusterId?: string; readonly limit: number }): ActivityLines {
  const client = useQueryClient();
  const { clusterId, limit } = input;
  const asked = useCall('activity.list', clusterId === undefined ? { limit } : { clusterId, limit });
  useEffect(
    () =>
      watch(
        'activity.watch',
        {},
        {
          onEvent: (line) => {
            if (clusterId !== undefined && line.clusterId !== clusterId) return;
            const key = keyOf('activity.list', clusterId === undefined ? { limit } : { clusterId, limit });
            client.setQueryData<readonly Activity[]>(key, (before) => mergeLine(before ?? [], line));
          },
          onEnd: () => undefined,
        },
      ),
    [client, clusterId, limit],
  );
  return { lines: asked.data ?? [], error: asked.error, asking: asked.asking };
}

/** Adds a line by its number: a line that came twice stands once, newest first. */
export const mergeLine = (lines: readonly Activity[], line: Activity): readonly Activity[] =>
  [line, ...lines.filter((each) => each.seq !== line.seq)].sort((a, b) => b.seq - a.seq);
