import 'react';

declare module 'react' {
  interface CSSProperties {
    /** Own custom properties may be set inline. */
    [name: `--${string}`]: string | number | undefined;
  }
}
