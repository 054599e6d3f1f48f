import type { ReactNode } from 'react';

export interface BarPart {
  readonly name: string;
  readonly size: number;
  readonly tone: string;
  /** The size with its unit. */
  readonly text: string;
}

/** Parts of one whole side by side; `legend` writes each part's name and figure below. */
export function StackedBar({
  parts,
  label,
  legend = false,
}: {
  readonly parts: readonly BarPart[];
  readonly label: string;
  readonly legend?: boolean;
}): ReactNode {
  const words = parts.map((part) => `${part.name} ${part.text}`).join(', ');
  return (
    <div role="img" aria-label={`${label}: ${words}`}>
      <div className="stacked-bar">
        {parts.map((part, index) => (
          <i
            key={`${index} ${part.name}`}
            title={`${part.name} ${part.text}`}
            style={{ flex: Math.max(part.size, 0), background: part.tone }}
          />
        ))}
      </div>
      {legend && (
        <div className="stacked-legend">
          {parts.map((part, index) => (
            <span key={`${index} ${part.name}`} className="nowrap">
              <i style={{ background: part.tone }} />
              <b className="name">{part.text}</b> <span className="c-t2">{part.name}</span>
            </span>
          ))}
        </div>
      )}
    </div>
  );
}
