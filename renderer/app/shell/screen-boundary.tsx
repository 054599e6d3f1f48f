import { Button } from '@mantine/core';
import { Component, type ReactNode } from 'react';
import { errorOf } from '../../lib/bridge';
import { ErrorCard } from '../../ui/error-card';

interface State {
  readonly thrown: unknown;
}

/** A defect of one screen must not take the others, nor the counts, with it. */
export class ScreenBoundary extends Component<{ readonly children: ReactNode }, State> {
  override state: State = { thrown: null };

  static getDerivedStateFromError(thrown: unknown): State {
    return { thrown };
  }

  override render(): ReactNode {
    if (this.state.thrown === null) return this.props.children;
    return (
      <div style={{ padding: 14 }}>
        <ErrorCard error={errorOf(this.state.thrown)}>
          <Button variant="default" onClick={() => this.setState({ thrown: null })}>
            Draw this screen again
          </Button>
        </ErrorCard>
      </div>
    );
  }
}
