import { afterAll, beforeAll, it } from 'vitest';
import { openTemporaryLab } from '../../../../e2e/fleet/lab';
import { QueryStage } from '../../testing/query-stage';
const lab = openTemporaryLab();
let st: QueryStage;
beforeAll(async () => { st = await QueryStage.open(await lab.up('shards:1')); });
afterAll(() => lab.close());
it('probe', async () => {
  await st.with((k) => k.query("GRANT SELECT ON review.* TO app@'%'"));
  const busy = await st.openAs('app');
  await busy.query('USE review');
  const long = busy.query('SELECT COUNT(*) FROM orders a, orders b, orders c WHERE a.total + b.total + c.total < 0', { timeoutMs: 60000 }).catch((e: Error) => e.message);
  console.log('PROBE', JSON.stringify(await st.with((k) => k.query("SHOW GRANTS FOR midwatch@'%'"))));
  const ask = async (label: string, user: string) => {
    const s = await st.openAs(user);
    try { console.log('PROBE', label, 'OK', JSON.stringify(await s.query(`EXPLAIN FORMAT=JSON FOR CONNECTION ${busy.connectionId}`)).length); }
    catch (e) { console.log('PROBE', label, JSON.stringify((e as { details?: unknown }).details)); }
    await s.close();
  };
  await ask('admin@% on app', 'admin');
  await ask('app own', 'app');
  await st.with(async (k) => { await k.query("CREATE USER full@'127.0.0.1' IDENTIFIED BY 'full'"); await k.query("GRANT ALL ON *.* TO full@'127.0.0.1'"); await k.query("CREATE USER full2@'%' IDENTIFIED BY 'full2'"); await k.query("GRANT ALL ON *.* TO full2@'%'"); await k.query("CREATE USER part@'127.0.0.1' IDENTIFIED BY 'part'"); await k.query("GRANT PROCESS, SUPER, SELECT ON *.* TO part@'127.0.0.1'"); await k.query("CREATE USER app@'127.0.0.1' IDENTIFIED BY 'app'"); });
  await ask('full@127 ALL', 'full');
  await ask('full2@% ALL', 'full2');
  await ask('part@127', 'part');
  await ask('app@127 same name, no grants', 'app');
  await st.with(async (k) => { await k.query("REVOKE FILE ON *.* FROM full@'127.0.0.1'"); });
  await ask('full@127 ALL but FILE', 'full');
  console.log('PROBE', JSON.stringify(await st.with((k) => k.query('SELECT CURRENT_USER() u, USER() v, @@version'))));
  await st.with((k) => k.query(`KILL ${busy.connectionId}`));
  await long; busy.destroy();
}, 100000);
