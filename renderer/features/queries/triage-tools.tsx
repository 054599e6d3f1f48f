import { Select, TextInput } from '@mantine/core';
import { useDebouncedCallback } from '@mantine/hooks';
import { memo, useRef, useState, type ReactNode } from 'react';
import type { ClassSort } from '@shared/model/query-review';
import { useKeys } from '../../lib/keyboard';
import { IconFilter } from '../../ui/icons';
import { KeyHint } from '../../ui/key-hint';

const sorts: readonly { readonly value: ClassSort; readonly label: string }[] = [
  { value: 'seconds', label: 'Query time, sum' },
  { value: 'p95', label: 'Time, p95' },
  { value: 'p99', label: 'Time, p99' },
  { value: 'max', label: 'Time, slowest' },
  { value: 'mean', label: 'Time, mean' },
  { value: 'calls', label: 'Calls' },
  { value: 'rows-examined', label: 'Rows examined' },
  { value: 'rows-per-row-sent', label: 'Rows read for one sent' },
  { value: 'change', label: 'Change since last' },
  { value: 'first-seen', label: 'First seen' },
];

/** Words that the list is filtered by, told when the typing rests, and what it is sorted by. */
export const TriageTools = memo(function TriageTools({
  sort,
  onSort,
  onText,
}: {
  readonly sort: ClassSort;
  readonly onSort: (sort: ClassSort) => void;
  readonly onText: (text: string) => void;
}): ReactNode {
  const [text, setText] = useState('');
  const input = useRef<HTMLInputElement>(null);
  const tell = useDebouncedCallback(onText, 150);
  useKeys([{ keys: '/', what: 'Filter the classes', run: () => input.current?.focus() }]);
  return (
    <div className="triage-tools">
      <TextInput
        ref={input}
        aria-label="Filter"
        placeholder="Words, table, id, digest"
        leftSection={<IconFilter size={13} />}
        rightSection={<KeyHint>/</KeyHint>}
        value={text}
        onChange={(event) => {
          setText(event.currentTarget.value);
          tell(event.currentTarget.value.trim());
        }}
        className="grow"
      />
      <Select
        aria-label="Sorted by"
        data={[...sorts]}
        value={sort}
        onChange={(value) => onSort(sorts.find((each) => each.value === value)?.value ?? 'seconds')}
        allowDeselect={false}
        w={168}
      />
    </div>
  );
});
