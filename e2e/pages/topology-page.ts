import type { Locator, Page } from '@playwright/test';
import { expect } from '../fixtures/midwatch';

/** The graph of who follows whom, on the cluster's screen. */
export class TopologyPage {
  readonly page: Page;
  readonly #board: Locator;

  constructor(page: Page) {
    this.page = page;
    this.#board = page.getByTestId('topology');
  }

  node(name: string): Locator {
    return this.#board.locator(`[data-instance="${name}"]`);
  }

  /** What would happen, in words, while a node is moved, and why it stayed. */
  get words(): Locator {
    return this.#board.getByTestId('move-words');
  }

  /** Drags one over another and holds it there: `drop` or Escape ends it. */
  async drag(name: string, over: string): Promise<void> {
    const [x, y] = await this.#centre(name);
    await this.page.mouse.move(x, y);
    await this.page.mouse.down();
    await this.page.mouse.move(x + 12, y + 8, { steps: 3 });
    await this.page.mouse.move(...(await this.#centre(over)), { steps: 5 });
  }

  async drop(): Promise<void> {
    await this.page.mouse.up();
  }

  /** By keyboard: focus, M, arrows until `under` is chosen. Enter or Escape ends it. */
  async choose(name: string, under: string): Promise<void> {
    await this.page.locator('.react-flow__node', { has: this.page.locator(`[data-instance="${name}"]`) }).focus();
    await this.page.keyboard.press('m');
    await expect(async () => {
      await this.page.keyboard.press('ArrowDown');
      await expect(this.words).toContainText(new RegExp(`follow ${under}:`), { timeout: 200 });
    }).toPass({ intervals: [50] });
  }

  async #centre(name: string): Promise<[number, number]> {
    const box = await this.node(name).boundingBox();
    if (!box) throw new Error(`${name} is not drawn`);
    return [box.x + box.width / 2, box.y + box.height / 2];
  }
}
