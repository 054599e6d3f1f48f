import { describe, expect, it } from 'vitest';
import { statementOfDigestText } from './digest-text';
import { fingerprint } from './fingerprint';

describe('statementOfDigestText', () => {
  it.each([
    [
      'SELECT COUNT(*), SLEEP(0.3) FROM price WHERE amount > 1',
      'SELECT COUNT ( * ) , `SLEEP` (?) FROM `price` WHERE `amount` > ? ',
    ],
    [
      'SELECT a.b AS d FROM x.y a WHERE a.id IN (1,2,3) LIMIT 10 OFFSET 5',
      'SELECT `a` . `b` AS `d` FROM `x` . `y` `a` WHERE `a` . `id` IN (...) LIMIT ? OFFSET ? ',
    ],
    ['INSERT INTO t (a,b) VALUES (1,2),(3,4)', 'INSERT INTO `t` ( `a` , `b` ) VALUES (...) /* , ... */ '],
    ['SELECT @@global.max_connections', 'SELECT @@GLOBAL . `max_connections` '],
    ['UPDATE t SET a=a+1 WHERE id=-5', 'UPDATE `t` SET `a` = `a` + ? WHERE `id` = - ? '],
  ])('%s', (statement, digestText) =>
    expect(fingerprint(statementOfDigestText(digestText))).toBe(fingerprint(statement)),
  );
});
