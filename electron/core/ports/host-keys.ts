export interface PinnedKey {
  readonly host: string;
  readonly port: number;
  /** `SHA256:` and base64 without padding, as ssh-keygen prints it. */
  readonly fingerprint: string;
  readonly pinnedAtMs: number;
}

/** Host keys that a person compared once. A different key later blocks. */
export interface HostKeys {
  find(host: string, port: number): PinnedKey | null;
  pin(key: PinnedKey): void;
  forget(host: string, port: number): void;
}
