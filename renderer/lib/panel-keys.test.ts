import { expect, it } from 'vitest';
import { nextPanel } from './panel-keys';

it('goes round the panels in both ways', () => {
  expect([nextPanel(-1, 3, 1), nextPanel(2, 3, 1), nextPanel(-1, 3, -1), nextPanel(0, 3, -1)]).toEqual([0, 0, 2, 2]);
});
