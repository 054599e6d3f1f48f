import type { BrowserWindow } from 'electron';
import fs from 'node:fs/promises';
import path from 'node:path';

/** Where no one can see the window, it saves a picture of itself: soon after it is drawn, then every ten seconds. */
export function savePictures(window: BrowserWindow, folder: string): void {
  let number = 0;
  const save = async (): Promise<void> => {
    if (window.isDestroyed()) return;
    const image = await window.webContents.capturePage();
    if (image.isEmpty()) return;
    number += 1;
    await fs.mkdir(folder, { recursive: true });
    await fs.writeFile(path.join(folder, `midwatch-${String(number).padStart(2, '0')}.png`), image.toPNG());
  };
  const quietly = (): void => void save().catch((thrown: unknown) => console.error('Picture not saved:', thrown));
  window.webContents.once('did-finish-load', () => setTimeout(quietly, 2500));
  const timer = setInterval(() => (number < 60 ? quietly() : clearInterval(timer)), 10_000);
  window.on('closed', () => clearInterval(timer));
}
