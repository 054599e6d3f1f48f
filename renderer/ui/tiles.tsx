import type { ReactNode } from 'react';
import { Unit } from './unit';

export interface Tile {
  readonly label: string;
  readonly value: string;
  readonly unit?: string;
  readonly sub?: ReactNode;
  readonly tone?: 'act' | 'watch' | 'ok' | undefined;
}

/** A strip of figures over a screen; `large` for a report, `old` dims the last known values of what does not answer. */
export function Tiles({
  tiles,
  large = false,
  old = false,
}: {
  readonly tiles: readonly Tile[];
  readonly large?: boolean;
  readonly old?: boolean;
}): ReactNode {
  return (
    <section className={old ? 'panel tiles c-t3' : 'panel tiles'} aria-label="Figures">
      {tiles.map((tile) => (
        <div key={tile.label} className="tile">
          <div className="label ellipsis">{tile.label}</div>
          <div className={`${large ? 'figure' : 'tile-value'} ${tile.tone ? `c-${tile.tone}` : ''}`}>
            {tile.value}
            {tile.unit !== undefined && <Unit>{tile.unit}</Unit>}
          </div>
          {tile.sub !== undefined && (
            <div className="label ellipsis" title={typeof tile.sub === 'string' ? tile.sub : ''}>
              {tile.sub}
            </div>
          )}
        </div>
      ))}
    </section>
  );
}
