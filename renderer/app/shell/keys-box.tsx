import { Modal } from '@mantine/core';
import { Fragment, type ReactNode } from 'react';
import { liveBindings } from '../../lib/keyboard';
import { KeyHint } from '../../ui/key-hint';

/** The keys that work on the screen behind it. */
export function KeysBox({ open, onClose }: { readonly open: boolean; readonly onClose: () => void }): ReactNode {
  return (
    <Modal opened={open} onClose={onClose} title="Keys of this screen" size={460} transitionProps={{ duration: 0 }}>
      {open && <KeysList />}
    </Modal>
  );
}

function KeysList(): ReactNode {
  const seen = new Map(liveBindings().map((binding) => [binding.keys, binding.what]));
  return (
    <div className="keys-list">
      {[...seen].map(([keys, what]) => (
        <Fragment key={keys}>
          <span className="row" style={{ gap: 3 }}>
            {keys.split(' ').map((key, index) => (
              <KeyHint key={`${key}${index}`}>{key.replace('Arrow', '')}</KeyHint>
            ))}
          </span>
          <span>{what}</span>
        </Fragment>
      ))}
    </div>
  );
}
