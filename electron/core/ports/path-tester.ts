import type { PathTest, TargetInput } from '@shared/model/path-test';

/** Secrets of hops and account resolved: a typed value wins over a stored one. */
export interface ResolvedTarget extends TargetInput {
  readonly password: string;
}

/**
 * Walks the way to an instance leg by leg on fresh connections and says which stage of which leg failed.
 * Yields the whole picture after every change; ends after `passed` or `failed`. Never throws for an outside failure.
 */
export interface PathTester {
  test(target: ResolvedTarget, signal: AbortSignal): AsyncIterable<PathTest>;
}
