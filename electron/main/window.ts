import { BrowserWindow, nativeTheme, screen } from 'electron';
import fs from 'node:fs';
import path from 'node:path';

const stateFile = (dataFolder: string): string => path.join(dataFolder, 'window.json');

interface Bounds {
  readonly width: number;
  readonly height: number;
  readonly x?: number;
  readonly y?: number;
}

/** The one window: frameless with our own title bar, sandboxed, its last place remembered. */
export function openWindow(parts: {
  readonly dataFolder: string;
  readonly preload: string;
  readonly page: string;
}): BrowserWindow {
  const window = new BrowserWindow({
    ...lastBounds(parts.dataFolder),
    minWidth: 960,
    minHeight: 640,
    show: false,
    frame: false,
    title: 'Midwatch',
    backgroundColor: nativeTheme.shouldUseDarkColors ? '#0e1115' : '#f4f5f7',
    webPreferences: {
      preload: parts.preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      spellcheck: false,
    },
  });
  window.once('ready-to-show', () => {
    window.show();
    // Who started us from a terminal or a test waits for this line.
    console.log('midwatch: window ready');
  });
  window.on('close', () => saveBounds(parts.dataFolder, window.getNormalBounds()));
  const development = process.env['ELECTRON_RENDERER_URL'];
  if (development) void window.loadURL(development);
  else void window.loadFile(parts.page);
  return window;
}

function lastBounds(dataFolder: string): Bounds {
  const area = screen.getPrimaryDisplay().workAreaSize;
  const fallback = { width: Math.min(1440, area.width), height: Math.min(900, area.height) };
  try {
    const saved = JSON.parse(fs.readFileSync(stateFile(dataFolder), 'utf8')) as Bounds;
    const seen = screen
      .getAllDisplays()
      .some(
        ({ bounds }) =>
          (saved.x ?? 0) >= bounds.x &&
          (saved.x ?? 0) < bounds.x + bounds.width &&
          (saved.y ?? 0) >= bounds.y &&
          (saved.y ?? 0) < bounds.y + bounds.height,
      );
    return Number.isFinite(saved.width) && Number.isFinite(saved.height) && seen ? saved : fallback;
  } catch {
    return fallback;
  }
}

function saveBounds(dataFolder: string, bounds: Bounds): void {
  try {
    fs.writeFileSync(stateFile(dataFolder), JSON.stringify(bounds));
  } catch {
    // The window's place is a comfort: a full disk must not keep it from closing.
  }
}
