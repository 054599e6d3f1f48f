import type { ReactNode } from 'react';
import { formatMs } from '../../lib/format';
import { markOf, StatusIcon } from '../../ui/status-badge';
import type { RegionSummary } from './fleet-rows';

/** One cell a region: how many answered, and how far away they are. */
export function RegionStrip({ regions }: { readonly regions: readonly RegionSummary[] }): ReactNode {
  // A fleet without regions has nothing to say here that the status bar does not say.
  if (regions.every((region) => region.region === '')) return null;
  return (
    <section className="panel regions" aria-label="Regions">
      {regions.map((region) => (
        <div key={region.region} className="region" data-region={region.region}>
          <div className="row" style={{ gap: 6 }}>
            <StatusIcon mark={markOf(region.severity)} size={13} />
            <span className="name small ellipsis">{region.region || 'no region'}</span>
          </div>
          <div className="row" style={{ gap: 6, fontSize: 11.5, marginTop: 1 }}>
            <span className={region.answered < region.total ? 'c-unk nowrap' : 'nowrap'}>
              {region.answered} of {region.total} answered
            </span>
            <span className="label ellipsis">
              {region.roundTripMs === null ? 'no round trip' : `round trip ${formatMs(region.roundTripMs)}`}
            </span>
          </div>
        </div>
      ))}
    </section>
  );
}
