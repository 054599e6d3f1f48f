import type { AppError } from '../errors';

/** One server that the crawl met. `askedFrom` tells whose word for it we have. */
export interface DiscoveredInstance {
  readonly host: string;
  readonly port: number;
  readonly name: string;
  readonly askedFrom: string;
  readonly reached: boolean;
  readonly role: 'primary' | 'replica' | 'intermediate' | 'unknown';
  readonly version: string;
  readonly sources: readonly string[];
  readonly error?: AppError;
}

/** What the crawl proposes: nothing is stored until a person accepts it. */
export interface Discovery {
  readonly state: 'running' | 'done' | 'failed';
  readonly suggestedName: string;
  readonly instances: readonly DiscoveredInstance[];
  readonly asked: number;
  readonly error?: AppError;
}
