import type { DialectName } from '@shared/model/fleet';
import type { Instance, RunningFleet } from '../../../e2e/fleet';
import { Mysql2Connector } from '../../adapters/mysql/mysql2-connector';
import type { MysqlSession } from '../ports/mysql-session';

const connector = new Mysql2Connector({ tunnels: { openStream: () => Promise.reject(new Error('no tunnel here')) } });

/** A schema `review` with skewed data on a server of the lab, and sessions to it: for tests of plans and experiments. */
export class QueryStage {
  private constructor(
    readonly dialect: DialectName,
    readonly instance: Instance,
  ) {}

  static async open(fleet: RunningFleet): Promise<QueryStage> {
    const stage = new QueryStage(fleet.dialect, fleet.primary);
    await fleet.primary.execute(...seed);
    return stage;
  }

  /** The same schema on another server, such as a replica. */
  on(instance: Instance): QueryStage {
    return new QueryStage(this.dialect, instance);
  }

  readonly open = (signal: AbortSignal = new AbortController().signal): Promise<MysqlSession> =>
    this.openAs('admin', signal);

  openAs(user: string, signal: AbortSignal = new AbortController().signal): Promise<MysqlSession> {
    const { host, port } = this.instance;
    const target = { host, port, user, password: user, tls: { mode: 'off' as const }, via: [] };
    return connector.connect({ ...target, programName: 'midwatch', connectTimeoutMs: 5_000 }, signal);
  }

  /** Opens a session for some work and closes it. */
  async with<T>(work: (session: MysqlSession) => Promise<T>): Promise<T> {
    const session = await this.open();
    try {
      return await work(session);
    } finally {
      await session.close();
    }
  }
}

const digits =
  'SELECT 0 AS d UNION ALL SELECT 1 UNION ALL SELECT 2 UNION ALL SELECT 3 UNION ALL SELECT 4 UNION ALL SELECT 5 UNION ALL SELECT 6 UNION ALL SELECT 7 UNION ALL SELECT 8 UNION ALL SELECT 9';

/** 500 customers, 10,000 orders: one in a hundred is new, one customer in five has none, some have no coupon (NULL). */
const seed: readonly string[] = [
  'DROP DATABASE IF EXISTS review',
  'CREATE DATABASE review CHARACTER SET utf8mb4',
  'CREATE TABLE review.digit (d INT PRIMARY KEY)',
  `INSERT INTO review.digit ${digits}`,
  `CREATE TABLE review.customer (id INT PRIMARY KEY, name VARCHAR(60) NOT NULL, country CHAR(2) NOT NULL, code VARCHAR(20) NOT NULL, KEY by_code (code))`,
  `CREATE TABLE review.orders (id INT PRIMARY KEY, customer_id INT NOT NULL, status VARCHAR(12) NOT NULL, coupon INT NULL,
     total DECIMAL(10,2) NOT NULL, weight DOUBLE NOT NULL, created DATETIME NOT NULL, note TEXT, KEY by_customer (customer_id))`,
  `INSERT INTO review.customer SELECT n, CONCAT('Customer ', n), ELT(1 + n % 3, 'de', 'fr', 'it'), LPAD(n, 6, '0')
     FROM (SELECT a.d + 10 * b.d + 100 * c.d AS n FROM review.digit a, review.digit b, review.digit c) AS numbers WHERE n < 500`,
  `INSERT INTO review.orders SELECT n, (n * 7) % 400, IF(n % 100 = 0, 'new', 'done'), IF(n % 4 = 0, NULL, n % 50), (n % 977) / 4, n / 7,
     '2026-01-01' + INTERVAL n MINUTE, REPEAT('x', 20)
     FROM (SELECT a.d + 10 * b.d + 100 * c.d + 1000 * e.d AS n FROM review.digit a, review.digit b, review.digit c, review.digit e) AS numbers`,
  'CREATE TABLE review.audit (id INT AUTO_INCREMENT PRIMARY KEY, at DATETIME NOT NULL)',
  `CREATE FUNCTION review.writes() RETURNS INT READS SQL DATA BEGIN INSERT INTO review.audit (at) VALUES ('2026-01-01'); RETURN 1; END`,
  'CREATE FUNCTION review.says_so() RETURNS INT DETERMINISTIC MODIFIES SQL DATA RETURN 1',
  'CREATE FUNCTION review.counts() RETURNS INT READS SQL DATA RETURN (SELECT COUNT(*) FROM review.customer)',
  'ANALYZE TABLE review.customer, review.orders',
];
