import type { CDPSession, Page } from '@playwright/test';
import { setTimeout as wait } from 'node:timers/promises';

const frameMs = 1000 / 60;
/** What a keyboard repeats at when a key is held: 30 a second. */
const repeatMs = 33;
const keyCodes: Readonly<Record<string, number>> = { Home: 36, End: 35, PageDown: 34, ArrowDown: 40, j: 74 };

/** What a person does with a list, as real input events of the window. */
export class Hands {
  readonly #page: Page;
  readonly #devtools: CDPSession;
  readonly #list: string;

  constructor(page: Page, devtools: CDPSession, list: string) {
    this.#page = page;
    this.#devtools = devtools;
    this.#list = list;
  }

  /** Notches of a wheel: 30 a second for three seconds. */
  async wheel(): Promise<void> {
    const { x, y } = await this.#middle();
    await paced(90, repeatMs, () => this.#turn(x, y, 120));
  }

  /** A touchpad flung: 18,000 px a second downwards, then upwards. */
  async fling(): Promise<void> {
    const { x, y } = await this.#middle();
    await paced(180, frameMs, (at) => this.#turn(x, y, at < 120 ? 300 : -300));
  }

  /** The scroll bar drawn from where it is to nearly the end of the list, in two and a half seconds. */
  async dragBar(): Promise<void> {
    const box = await this.#box();
    const x = box.x + box.width - 4;
    const top = box.y + 8;
    await this.#page.mouse.move(x, top);
    await this.#page.mouse.down();
    await paced(150, frameMs, (at) =>
      this.#devtools.send('Input.dispatchMouseEvent', {
        type: 'mouseMoved',
        x,
        y: top + box.height * 0.9 * Math.sin((at / 150) * (Math.PI / 2)),
        button: 'left',
        buttons: 1,
      }),
    );
    await this.#page.mouse.up();
    await wait(200);
  }

  /** A key held for three seconds. */
  async hold(key: string): Promise<void> {
    await this.#page.locator(this.#list).focus();
    await paced(90, repeatMs, (at) => this.#key(key, 'keyDown', at > 0));
    await this.#key(key, 'keyUp', false);
  }

  /** From one end of the list to the other and back, twice. */
  async ends(): Promise<void> {
    await this.#page.locator(this.#list).focus();
    for (const key of ['End', 'Home', 'End', 'Home']) {
      await this.#key(key, 'keyDown', false);
      await this.#key(key, 'keyUp', false);
      await wait(700);
    }
  }

  /** Eight letters into the filter, and out again. */
  async filter(words: string): Promise<void> {
    const field = this.#page.getByRole('textbox', { name: 'Filter' });
    await field.focus();
    for (const letter of words) {
      await this.#page.keyboard.type(letter);
      await wait(110);
    }
    await wait(600);
    for (const _letter of words) {
      await this.#page.keyboard.press('Backspace');
      await wait(60);
    }
    await wait(600);
    await field.blur();
  }

  /** Three other orders, the first one last. */
  async sort(): Promise<void> {
    for (const order of ['Calls', 'Rows examined', 'Query time, sum']) {
      await this.#page.getByLabel('Sorted by').first().click();
      await this.#page.getByRole('option', { name: order, exact: true }).click();
      await wait(600);
    }
  }

  async #key(key: string, type: 'keyDown' | 'keyUp', autoRepeat: boolean): Promise<void> {
    await this.#devtools.send('Input.dispatchKeyEvent', {
      type,
      key,
      code: key.length === 1 ? `Key${key.toUpperCase()}` : key,
      windowsVirtualKeyCode: keyCodes[key] ?? 0,
      nativeVirtualKeyCode: keyCodes[key] ?? 0,
      autoRepeat,
      ...(key.length === 1 && type === 'keyDown' ? { text: key } : {}),
    });
  }

  async #turn(x: number, y: number, deltaY: number): Promise<void> {
    await this.#devtools.send('Input.dispatchMouseEvent', { type: 'mouseWheel', x, y, deltaX: 0, deltaY });
  }

  async #middle(): Promise<{ readonly x: number; readonly y: number }> {
    const box = await this.#box();
    return { x: box.x + box.width / 2, y: box.y + box.height / 2 };
  }

  async #box(): Promise<NonNullable<Awaited<ReturnType<ReturnType<Page['locator']>['boundingBox']>>>> {
    const box = await this.#page.locator(this.#list).boundingBox();
    if (box === null) throw new Error(`there is no ${this.#list} in the window`);
    return box;
  }
}

/** As often as the clock says, whether or not the window has kept up: a hand does not wait. */
async function paced(times: number, everyMs: number, act: (at: number) => Promise<unknown>): Promise<void> {
  const startedAt = performance.now();
  const sent: Promise<unknown>[] = [];
  for (let at = 0; at < times; at++) {
    await wait(Math.max(0, startedAt + at * everyMs - performance.now()));
    sent.push(act(at));
  }
  await Promise.all(sent);
}
