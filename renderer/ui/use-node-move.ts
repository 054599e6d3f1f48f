import { useEffect, useEffectEvent, useState, type KeyboardEvent, type PointerEvent } from 'react';

/** What the board asks while a node is moved under another. */
export interface NodeMoves {
  /** Why this node cannot be moved at all; '' when it can. */
  readonly refusal: (id: string) => string;
  /** Why it cannot go under that one; '' when it can. */
  readonly judge: (id: string, under: string) => string;
  readonly onMove: (id: string, under: string) => void;
  /** What a node is called in the words read aloud. */
  readonly nameOf: (id: string) => string;
}

/** A move that a person has begun and not ended. */
export interface NodeMove {
  readonly id: string;
  /** The node under the pointer, or chosen by the arrows. */
  readonly target: string | null;
  /** Of the pointer, in the window; null by keyboard. */
  readonly at: { readonly x: number; readonly y: number } | null;
}

/** A press that goes no further than this is a click, px. */
const clickSlack = 6;

const nodeAt = (element: Element | null): string | null =>
  element?.closest<HTMLElement>('.react-flow__node-instance')?.dataset['id'] ?? null;

interface Moving {
  readonly move: NodeMove | null;
  /** For a screen reader, and for who looks: what would happen now. */
  readonly words: string;
  readonly onPointerDown: (event: PointerEvent) => void;
  readonly onKeyDown: (event: KeyboardEvent) => void;
}

/**
 * Moving a node under another: drag it there, or focus it, press M, choose by arrows, Enter. Escape gives up. Nothing happens
 * but `onMove`, and only where `judge` has nothing against it.
 */
export function useNodeMove(
  ids: readonly string[],
  moves: NodeMoves | undefined,
  onOpen: (id: string) => void,
): Moving {
  const [move, setMove] = useState<NodeMove | null>(null);
  const [said, setSaid] = useState('');
  const [pressed, setPressed] = useState<{ readonly id: string; readonly x: number; readonly y: number } | null>(null);

  const begin = (id: string, at: NodeMove['at']): void => {
    const why = moves?.refusal(id) ?? '';
    setSaid(why === '' ? '' : `${moves?.nameOf(id)} stays: ${why}`);
    if (why === '') setMove({ id, target: null, at });
  };
  const drop = ({ id, target }: NodeMove): void => {
    if (!moves || target === null) return;
    const why = moves.judge(id, target);
    if (why === '') moves.onMove(id, target);
    else setSaid(`${moves.nameOf(id)} stays where it is. ${moves.nameOf(target)}: ${why}`);
  };

  const onWindowMove = useEffectEvent((event: globalThis.PointerEvent) => {
    if (!pressed) return;
    const at = { x: event.clientX, y: event.clientY };
    if (move) {
      const over = nodeAt(document.elementFromPoint(at.x, at.y));
      setMove({ ...move, at, target: over === move.id ? null : over });
    } else if (Math.hypot(at.x - pressed.x, at.y - pressed.y) > clickSlack) begin(pressed.id, at);
  });
  const onWindowUp = useEffectEvent(() => {
    if (pressed && move) drop(move);
    else if (pressed && said === '') onOpen(pressed.id);
    setPressed(null);
    if (pressed) setMove(null);
  });
  const onWindowKey = useEffectEvent((event: globalThis.KeyboardEvent) => {
    if (event.key !== 'Escape' || move?.at == null) return;
    event.preventDefault();
    setPressed(null);
    setMove(null);
  });
  useEffect(() => {
    window.addEventListener('pointermove', onWindowMove);
    window.addEventListener('pointerup', onWindowUp);
    window.addEventListener('pointercancel', onWindowUp);
    window.addEventListener('keydown', onWindowKey, true);
    return () => {
      window.removeEventListener('pointermove', onWindowMove);
      window.removeEventListener('pointerup', onWindowUp);
      window.removeEventListener('pointercancel', onWindowUp);
      window.removeEventListener('keydown', onWindowKey, true);
    };
  }, []);

  const step = (from: NodeMove, by: 1 | -1): void => {
    const others = ids.filter((id) => id !== from.id);
    const at = from.target === null ? (by === 1 ? -1 : 0) : others.indexOf(from.target);
    setMove({ ...from, target: others[(at + by + others.length) % others.length] ?? null });
  };

  return {
    move,
    words: move && moves ? wordsOf(move, moves) : said,
    onPointerDown: (event) => {
      const id = nodeAt(event.target as Element);
      setSaid('');
      if (id !== null && event.button === 0) setPressed({ id, x: event.clientX, y: event.clientY });
    },
    onKeyDown: (event) => {
      const id = nodeAt(event.target as Element);
      const keys: Readonly<Record<string, (() => void) | undefined>> =
        move === null
          ? {
              Enter: id === null ? undefined : () => onOpen(id),
              m: id === null || !moves ? undefined : () => begin(id, null),
            }
          : {
              ArrowDown: () => step(move, 1),
              ArrowRight: () => step(move, 1),
              ArrowUp: () => step(move, -1),
              ArrowLeft: () => step(move, -1),
              Enter: () => {
                drop(move);
                setMove(null);
              },
              Escape: () => setMove(null),
            };
      const act = keys[event.key.length === 1 ? event.key.toLowerCase() : event.key];
      if (!act || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      event.stopPropagation();
      act();
    },
  };
}

function wordsOf({ id, target, at }: NodeMove, moves: NodeMoves): string {
  const name = moves.nameOf(id);
  if (target === null)
    return at === null
      ? `Moving ${name}: choose its new source by the arrow keys, Enter plans it, Escape gives up`
      : `Moving ${name}: drop it on its new source, Escape gives up`;
  const why = moves.judge(id, target);
  return why === ''
    ? `${name} can follow ${moves.nameOf(target)}: ${at === null ? 'Enter opens' : 'drop it for'} the plan; nothing changes yet`
    : `${name} cannot follow ${moves.nameOf(target)}: ${why}`;
}
