import { Spotlight, spotlight } from '@mantine/spotlight';
import { useState, type ReactNode } from 'react';
import './command-palette.css';
import { IconSearch } from './icons';
import { KeyHint } from './key-hint';
import { filterPalette, type PaletteEntry } from './palette-filter';
import { StatusIcon } from './status-badge';

/** Opens the palette from anywhere. */
export const openPalette = (): void => spotlight.open();

/** Closes it: another key has led somewhere else. */
export const closePalette = (): void => spotlight.close();

const groups = ['Do next', 'Go to', 'Do'] as const;

/** Search over everything one can go to or do; an act that cannot run stays visible with its reason. */
export function CommandPalette({ entries }: { readonly entries: readonly PaletteEntry[] }): ReactNode {
  const [query, setQuery] = useState('');
  const found = filterPalette(entries, query);
  return (
    <Spotlight.Root
      query={query}
      onQueryChange={setQuery}
      shortcut={null}
      size={640}
      yOffset={92}
      scrollable
      maxHeight={520}
      overlayProps={{ backgroundOpacity: 0.55, blur: 0 }}
      transitionProps={{ duration: 0 }}
      classNames={{ content: 'palette' }}
    >
      <Spotlight.Search
        placeholder="Go to or do…"
        aria-label="Go to or do"
        leftSection={<IconSearch size={16} />}
        classNames={{ input: 'palette-search' }}
      />
      <Spotlight.ActionsList className="palette-list">
        {groups.map((group) => {
          const inGroup = found.filter((entry) => entry.group === group);
          return inGroup.length === 0 ? null : (
            <Spotlight.ActionsGroup key={group} label={group}>
              {inGroup.map((entry) => (
                <PaletteAction key={entry.id} entry={entry} />
              ))}
            </Spotlight.ActionsGroup>
          );
        })}
        {found.length === 0 && (
          <Spotlight.Empty>None: no cluster, instance, finding or act has that in its name</Spotlight.Empty>
        )}
      </Spotlight.ActionsList>
      <div className="palette-foot">
        <span>
          <KeyHint>↑</KeyHint> <KeyHint>↓</KeyHint> move
        </span>
        <span>
          <KeyHint>Enter</KeyHint> open
        </span>
        <span className="right">
          <b>&gt;</b> acts only&ensp; <b>#</b> findings&ensp; <b>@</b> instances
        </span>
      </div>
    </Spotlight.Root>
  );
}

function PaletteAction({ entry }: { readonly entry: PaletteEntry }): ReactNode {
  const refused = entry.refusal !== undefined;
  return (
    <Spotlight.Action
      onClick={() => {
        if (!refused) entry.run();
      }}
      closeSpotlightOnTrigger={!refused}
      highlightQuery={false}
      aria-disabled={refused}
    >
      <span className={refused ? 'palette-action refused' : 'palette-action'}>
        <StatusIcon mark={refused ? 'skipped' : entry.mark} size={15} />
        <span className="nowrap" style={{ fontWeight: 500 }}>
          {entry.title}
        </span>
        <span className="label ellipsis">{entry.refusal ?? entry.detail}</span>
        {entry.keys !== undefined && (
          <span className="right">
            <KeyHint>{entry.keys}</KeyHint>
          </span>
        )}
      </span>
    </Spotlight.Action>
  );
}
