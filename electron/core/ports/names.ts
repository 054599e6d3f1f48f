/** The resolver of this computer. */
export interface Names {
  /**
   * Seconds that the address of a name may be kept by caches; the least of its records.
   * @throws MidwatchError `name-not-found` when the resolver has no answer within a few seconds
   */
  ttlSeconds(name: string, signal: AbortSignal): Promise<number>;
}
