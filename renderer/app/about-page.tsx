import { Button, SegmentedControl, useMantineColorScheme } from '@mantine/core';
import type { ReactNode } from 'react';
import { call } from '../lib/bridge';
import { useCall } from '../lib/queries';
import { ErrorCard } from '../ui/error-card';
import { FactsList } from '../ui/facts-list';
import { IconCopy } from '../ui/icons';
import { PageHead } from '../ui/page';
import { Panel } from '../ui/panel';
import { SkeletonRows } from '../ui/skeleton-rows';
import { StatusBadge } from '../ui/status-badge';
import { Logo } from './shell/logo';

/** Version, runtime, where things are kept, what was said at start, and the colour scheme. */
export function AboutPage(): ReactNode {
  const { data: info, error } = useCall('app.info', {});
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const facts = info
    ? [
        { label: 'Version', value: `${info.version}${info.packaged ? '' : ', from source'}` },
        { label: 'Electron', value: `${info.electron}, Chromium ${info.chrome}, Node ${info.node}` },
        { label: 'Platform', value: info.platform },
        { label: 'Acting as', value: info.user },
        { label: 'Data folder', value: <span className="mono">{info.dataFolder}</span> },
        {
          label: 'Secrets',
          value:
            info.secrets === 'keychain'
              ? 'Kept in the keychain of the operating system'
              : 'In memory only, gone when Midwatch ends: this computer offers no keychain',
        },
      ]
    : [];
  return (
    <>
      <PageHead title="About Midwatch" />
      <div className="page-body scroll" style={{ maxWidth: 720 }}>
        {error && <ErrorCard error={error} />}
        <Panel
          title="This copy"
          className="none"
          right={
            info && (
              <Button
                variant="subtle"
                color="gray"
                h={22}
                leftSection={<IconCopy size={13} />}
                onClick={() => void call('app.copyText', { text: JSON.stringify(info, null, 2) })}
              >
                Copy
              </Button>
            )
          }
        >
          <div className="row" style={{ gap: 16, alignItems: 'flex-start' }}>
            <Logo size={44} />
            <div className="grow">{info ? <FactsList facts={facts} /> : <SkeletonRows />}</div>
          </div>
        </Panel>
        <Panel title="Colours" className="none">
          <SegmentedControl
            aria-label="Colour scheme"
            value={colorScheme}
            onChange={(value) => setColorScheme(value === 'dark' || value === 'light' ? value : 'auto')}
            data={[
              { value: 'auto', label: 'Follow the system' },
              { value: 'dark', label: 'Dark' },
              { value: 'light', label: 'Light' },
            ]}
          />
        </Panel>
        <Panel title="Said at start" className="none">
          {info?.notices.length === 0 && <span className="c-t2 small">None</span>}
          {info?.notices.map((notice) => (
            <div key={notice.text} className="col" style={{ marginBottom: 8 }}>
              <StatusBadge mark={notice.severity}>{notice.text}</StatusBadge>
              <span className="label">{notice.nextStep}</span>
            </div>
          ))}
        </Panel>
      </div>
    </>
  );
}
