import { expect, it } from 'vitest';
import { commentTagsOf } from './comment-tags';

it.each([
  [
    "select 1 /*controller='index',route='%2Fpolls%201',a='it\\'s'*/",
    { controller: 'index', route: '/polls 1', a: "it's" },
  ],
  [
    '/*application:shop,controller:carts,action:show*/ select 1',
    { application: 'shop', controller: 'carts', action: 'show' },
  ],
  ['/* a:1 */ select 1 /* b:2 */', { a: '1', b: '2' }],
  ["select '/*a:1*/'", {}],
  ['select /* why this: because, of that */ 1', {}],
  ['select /*+ a:1 */ 1', {}],
  ["select 1 /*a='100%'*/", { a: '100%' }],
  ['select 1 /*a:1', {}],
  ["select 'x' y' /*a:1*/", {}],
  ['/*a:1*/ select 1 /*!80000 + 1 */', { a: '1' }],
])('%s', (sql, tags) => {
  expect(Object.fromEntries(commentTagsOf(sql))).toEqual(tags);
});
