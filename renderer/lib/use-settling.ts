import { useCallback, useEffect, useRef, useState } from 'react';

/**
 * A choice that is shown at once and told when the hand rests: the first of a burst at once, then none until `restMs` after
 * the last one. A key held down so moves the mark with every repeat, and what the choice opens is drawn once.
 *
 * @param value what was told last, as its owner keeps it
 * @returns what to show, and how to choose
 */
export function useSettling<T extends string>(
  value: T | null,
  tell: (value: T) => void,
  restMs = 150,
): readonly [T | null, (next: T) => void] {
  const [chosen, setChosen] = useState<T | null>(null);
  const waiting = useRef<{ readonly timer: ReturnType<typeof setTimeout> } | null>(null);
  const choose = useCallback(
    (next: T): void => {
      const isBurst = waiting.current !== null;
      clearTimeout(waiting.current?.timer);
      const rest = (): void => {
        waiting.current = null;
        setChosen(null);
        if (isBurst) tell(next);
      };
      waiting.current = { timer: setTimeout(rest, restMs) };
      if (isBurst) setChosen(next);
      else tell(next);
    },
    [restMs, tell],
  );
  useEffect(() => () => clearTimeout(waiting.current?.timer), []);
  return [chosen ?? value, choose];
}
