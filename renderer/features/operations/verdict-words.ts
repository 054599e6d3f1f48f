import type { VerdictKind } from '@shared/model/verdict';
import type { Tone } from '../../ui/panel';

/** A verdict in a word, and its tone: red only where a failover is the cure. */
export const verdictWords: Readonly<Record<VerdictKind, { readonly word: string; readonly tone: Tone }>> = {
  alive: { word: 'alive', tone: 'ok' },
  dead: { word: 'dead', tone: 'act' },
  hung: { word: 'hung', tone: 'act' },
  'host-lost': { word: 'host lost', tone: 'act' },
  overloaded: { word: 'overloaded, not dead', tone: 'watch' },
  'semi-sync-locked': { word: 'waits for semi-sync, not dead', tone: 'watch' },
  unseen: { word: 'unseen, not dead', tone: 'watch' },
  unclear: { word: 'unclear', tone: 'watch' },
};
