import { Tabs } from '@mantine/core';
import type { ReactNode } from 'react';
import { navigate } from '../lib/router';

const tabs = [
  ['operations', 'Runs'],
  ['drills', 'Drills'],
] as const;

/** The two lists of the part Operations: what was meant, and what was done on purpose to measure. */
export function OperationsTabs({ at }: { readonly at: (typeof tabs)[number][0] }): ReactNode {
  return (
    <Tabs
      value={at}
      px={14}
      mb={10}
      className="none"
      onChange={(value) => {
        const next = tabs.find(([name]) => name === value);
        if (next) navigate({ name: next[0] }, true);
      }}
    >
      <Tabs.List>
        {tabs.map(([name, word]) => (
          <Tabs.Tab key={name} value={name}>
            {word}
          </Tabs.Tab>
        ))}
      </Tabs.List>
    </Tabs>
  );
}
