import { textOf } from '../../dialect/rows';
import type { ChannelSettings } from '../../dialect/switchover-sql';
import { channelKey } from '../../fleet/topology';
import type { ClusterReading, ReachedInstance } from '../cluster-reading';
import type { Ask } from '../divergence/log-reach';

/** Accounts that may replicate and no more; the console's own is not one of them. */
const accountsSql =
  "SELECT DISTINCT User AS user FROM mysql.user WHERE Repl_slave_priv = 'Y' AND Super_priv = 'N' AND User <> SUBSTRING_INDEX(CURRENT_USER(), '@', 1)";

/**
 * How the instance shall reach the primary: as its replicas do; else as its own channel did; else, in a cluster of two where
 * no channel is left, with the one account of the primary that may replicate. null: nobody can say.
 */
export async function settingsToFollow(
  instance: ReachedInstance,
  primary: ReachedInstance,
  { readings, topology }: ClusterReading,
  askPrimary: Ask,
): Promise<ChannelSettings | null> {
  const siblings = readings
    .filter((one) => one.reached)
    .filter((one) => one !== instance && one.channelSettings !== null && one.channelSettings.user !== '')
    .filter((one) =>
      one.sample.channels.some(
        (channel) => topology.sources.get(channelKey(one.instance.id, channel)) === primary.instance.id,
      ),
    );
  const [sibling] = siblings;
  if (sibling?.channelSettings) return sibling.channelSettings;
  if (instance.channelSettings && instance.channelSettings.user !== '') return instance.channelSettings;
  const accounts = (await askPrimary(accountsSql).catch(() => [])).map((row) => textOf(row, 'user'));
  const [user] = accounts;
  if (user === undefined || accounts.length !== 1) return null;
  // caching_sha2_password wants TLS or the server's public key; MariaDB wants neither.
  const isMysql = primary.dialect.name === 'mysql';
  return { user, sslAllowed: isMysql, getPublicKey: isMysql, heartbeatSeconds: 1, connectRetrySeconds: 1 };
}
