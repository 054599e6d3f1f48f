import { ActionIcon } from '@mantine/core';
import type { ReactNode } from 'react';

/** A small button of a hop. */
export function HopButton({
  label,
  icon,
  disabled = false,
  onClick,
}: {
  readonly label: string;
  readonly icon: ReactNode;
  readonly disabled?: boolean;
  readonly onClick: () => void;
}): ReactNode {
  return (
    <ActionIcon aria-label={label} title={label} size={18} disabled={disabled} onClick={onClick}>
      {icon}
    </ActionIcon>
  );
}
