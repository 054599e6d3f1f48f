/** The resolver of this computer. */
export interface Names {
  /**
   * Seconds that the address of a name may be kept by caches; the least of its records.
   * @throws MidwatchError `name-not-found` when the resolver has no answer within a few seconds
   */
  ttlSeconds(name: string, signal: AbortSignal): Promise<number>;
  /**
   * Addresses of a name as programs on this computer find them, the hosts file included; of an address, itself.
   * @throws MidwatchError `name-not-found`
   */
  addresses(name: string, signal: AbortSignal): Promise<readonly string[]>;
}
