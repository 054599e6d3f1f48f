import type { TrafficTry } from '@shared/model/traffic';

/** A try of the traffic settings: one proxy that can be used, one that cannot. */
export const demoTrafficTry = (nowMs: number): TrafficTry => ({
  atMs: nowMs,
  proxies: [
    {
      proxy: '10.20.0.9:9999',
      problems: [],
      servers: [
        {
          name: 'wallet-1',
          host: '10.20.0.11',
          port: 3306,
          state: 'open',
          up: true,
          sessions: 212,
          instance: 'wallet-1',
        },
        {
          name: 'wallet-2',
          host: '10.20.0.12',
          port: 3306,
          state: 'closed',
          up: true,
          sessions: 0,
          instance: 'wallet-2',
        },
      ],
    },
    {
      proxy: '10.20.0.10:9999',
      problems: ['10.20.0.10:9999 refused the connection: nothing listens there, or a firewall rejects it'],
      servers: [],
    },
  ],
  move: 'wallet-1 to wallet-2',
  wouldSend: [
    '10.20.0.9:9999: set server mysql/wallet-1 state maint',
    '10.20.0.9:9999: shutdown sessions server mysql/wallet-1',
    '10.20.0.9:9999: set server mysql/wallet-2 state ready',
  ],
  notes: [],
});
