/** What About shows and the status bar needs. */
export interface AppInfo {
  readonly version: string;
  readonly electron: string;
  readonly chrome: string;
  readonly node: string;
  readonly platform: string;
  readonly packaged: boolean;
  /** `keychain`: kept by the operating system. `memory`: gone when Midwatch ends. */
  readonly secrets: 'keychain' | 'memory';
  readonly dataFolder: string;
  readonly user: string;
  /** Things that happened at start and must be said: a corrupt store kept aside, a full disk. */
  readonly notices: readonly {
    readonly severity: 'act' | 'watch' | 'note';
    readonly text: string;
    readonly nextStep: string;
  }[];
}
