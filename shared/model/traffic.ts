/** One server behind a proxy, as the proxy says. `open`: it may get new connections as far as a person decides. */
export interface ProxyServer {
  readonly name: string;
  readonly host: string;
  readonly port: number;
  readonly state: 'open' | 'draining' | 'closed';
  /** False: the proxy's own check holds it down, whatever a person decided. */
  readonly up: boolean;
  /** Connections through it now; null is not known. */
  readonly sessions: number | null;
  /** The instance of the inventory at that address; '' is none. */
  readonly instance: string;
}

/** What one proxy answered, or why it did not. */
export interface ProxyReading {
  /** As the inventory names it: `host:port` or a path. */
  readonly proxy: string;
  readonly servers: readonly ProxyServer[];
  /** What stands against its use: one sentence each, with the next step. Empty: it can be used. */
  readonly problems: readonly string[];
}

/** A try of the traffic settings: what was asked, what was seen, what a move would send. Nothing was changed. */
export interface TrafficTry {
  readonly atMs: number;
  readonly proxies: readonly ProxyReading[];
  /** "wallet-1 to wallet-2"; '' when there is no such pair. */
  readonly move: string;
  /** Each line that such a move would send, with its receiver before it. */
  readonly wouldSend: readonly string[];
  /** What is to be known beside: one sentence each. */
  readonly notes: readonly string[];
}
