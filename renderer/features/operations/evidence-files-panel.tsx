import type { ReactNode } from 'react';
import type { Report } from '@shared/model/report';
import { call } from '../../lib/bridge';
import { formatBytes, plural } from '../../lib/format';
import { IconCopy } from '../../ui/icons';
import { Panel } from '../../ui/panel';

/** Files that the run saved before it threw something away: where they are, how long, and their check sum. */
export function EvidenceFilesPanel({ evidence }: { readonly evidence: Report['evidence'] }): ReactNode {
  if (evidence.length === 0) return null;
  return (
    <Panel
      flush
      className="none"
      title="Evidence files"
      note={plural(evidence.length, 'file')}
      right="saved before anything was thrown away"
    >
      {evidence.map(({ path, sha256, bytes }) => (
        <div key={path} className="evidence-file" data-evidence={path}>
          <div className="row">
            <span className="mono wrap-anywhere grow">{path}</span>
            <span className="num nowrap">{formatBytes(bytes)}</span>
            <button
              type="button"
              className="link none"
              aria-label={`Copy the path ${path}`}
              onClick={() => void call('app.copyText', { text: path })}
            >
              <IconCopy size={13} />
            </button>
          </div>
          <div className="label mono wrap-anywhere">sha256 {sha256}</div>
        </div>
      ))}
    </Panel>
  );
}
