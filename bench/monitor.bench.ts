import { openTemporaryLab } from '../e2e/fleet';
import type { Bench, BenchRow } from './bench';
import { measureSampleAgainstScrape } from './monitor/sample-against-scrape';
import { measureManyInstances } from './monitor/watch-many';

/** What watching costs: a watched server against an exporter's scrape, and this computer with 300 instances. */
export const benchMonitor: Bench = async (options) => {
  const lab = openTemporaryLab();
  const rows: BenchRow[] = [];
  try {
    options.say('starting the lab (wallet)');
    const fleet = await lab.up('wallet');
    for (const name of ['wallet-1', 'wallet-2']) {
      options.say(`one sample against one scrape, ${name}`);
      rows.push(...(await measureSampleAgainstScrape(fleet.instance(name), options)));
    }
    rows.push(...(await measureManyInstances(fleet, options)));
  } finally {
    await lab.close();
  }
  return rows;
};
