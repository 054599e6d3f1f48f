import { expect, it } from 'vitest';
import { predicatesOf } from './predicates';

const short = (condition: string): readonly string[] =>
  predicatesOf(condition).map((one) => `${one.role} ${one.alias ?? ''}.${one.column}`);

it.each<[string, readonly string[]]>([
  ["((o.`status` = 'new') and (o.created > TIMESTAMP'2026-01-03 00:00:00'))", ['equality o.status', 'range o.created']],
  ['(`app`.`o`.`a` = 1)', ['equality o.a']],
  [
    "orders.`status` = 'new' and orders.created between '2026-01-01' and '2026-01-02' and orders.b <=> NULL",
    ['equality orders.status', 'range orders.created', 'equality orders.b'],
  ],
  ['(o.customer_id = c.id)', ['equality o.customer_id', 'equality c.id']],
  ['(5 < o.a)', ['range o.a']],
  ['(o.a in (1,2,3))', ['several-values o.a']],
  ['(o.a is null)', ['equality o.a']],
  ['(o.a is not null)', ['other o.a']],
  ["(o.name like 'abc%')", ['range o.name']],
  ["(o.name like '%abc')", ['other o.name']],
  ['(o.a <> 3)', ['other o.a']],
  ["(cast(o.created as date) = '2026-01-03')", ['other o.created']],
  ['((o.a = 1) or (o.b = 2))', ['other o.a', 'other o.b']],
  ['((o.a = 1) or (o.a = 2))', ['several-values o.a']],
  ['((o.a < 1) or (o.a > 2))', ['range o.a']],
  ['((1 < a < 2) or (5 <= a <= 6))', ['range .a']],
  ['(3.00 <= total <= 4.00)', ['range .total']],
  ["(`status` = 'new' AND 3 <= total)", ['equality .status', 'range .total']],
  ['trigcond(o.note = c.`name`) and trigcond(o.id is null)', ['equality o.note', 'equality c.name', 'equality o.id']],
  ["(((o.a = 1) and (o.b = 2)) and (o.c >= 'x and y'))", ['equality o.a', 'equality o.b', 'range o.c']],
  ['<in_optimizer>(c.id,c.id in (select #2) is false)', ['other c.id', 'other c.id']],
  ['(a = 1) and (b > 2)', ['equality .a', 'range .b']],
  ['', []],
])('%s', (condition, expected) => {
  expect(short(condition)).toEqual(expected);
});

it('says the words of the condition that it read', () => {
  expect(predicatesOf("((o.a = 1) and (o.b like '%x'))")).toMatchObject([
    { text: 'o.a = 1' },
    { text: "o.b like '%x'", why: expect.stringContaining('wildcard') as unknown },
  ]);
});
