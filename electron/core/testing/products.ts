type Cluster = 'wallet' | 'shop';

/**
 * Clusters on which a test is played: the usual one, and both when MIDWATCH_FULL is 1. For tests whose code is the same for
 * MySQL and MariaDB, so that each sentence of an INVARIANTS.md is tested in the usual run too.
 */
export const onOneProduct = (usual: Cluster): readonly Cluster[] =>
  process.env['MIDWATCH_FULL'] === '1' ? ['wallet', 'shop'] : [usual];
