// Packed into resources/default_app.asar of the fallback runtime: what `electron [switches] [-r module] <app>` runs.
'use strict';
const fs = require('node:fs');
const Module = require('node:module');
const path = require('node:path');
const { pathToFileURL } = require('node:url');
const { app } = require('electron');

const { preloads, target } = readArguments(process.argv.slice(1));
Object.defineProperty(process, 'defaultApp', { configurable: false, enumerable: true, value: true });
if (preloads.length > 0) Module._preloadModules(preloads.map((file) => path.resolve(file)));

openApp(target).catch((error) => {
  console.error('The app threw an error during load');
  console.error(error?.stack ?? error);
  app.exit(1);
});

function readArguments(args) {
  const preloads = [];
  for (let i = 0; i < args.length; i++) {
    const arg = args[i];
    if (arg === '-r' || arg === '--require') {
      preloads.push(args[++i]);
    } else if (arg === '--version' || arg === '-v') {
      console.log(`v${process.versions.electron}`);
      process.exit(0);
    } else if (!arg.startsWith('-')) {
      return { preloads, target: arg };
    }
  }
  return { preloads, target: undefined };
}

async function openApp(target) {
  if (!target) {
    console.log('usage: electron <app folder or file>');
    app.exit(64);
    return;
  }
  const folder = path.resolve(target);
  const entry = Module._resolveFilename(folder, null, true);
  const packageFile = path.join(folder, 'package.json');
  if (fs.existsSync(packageFile)) {
    const about = JSON.parse(fs.readFileSync(packageFile, 'utf8'));
    if (about.version) app.setVersion(about.version);
    app.name = about.productName ?? about.name ?? app.name;
    app.setDesktopName(about.desktopName ?? `${app.name}.desktop`);
    app.setAppPath(folder);
  } else {
    app.setAppPath(path.dirname(entry));
  }
  await import(pathToFileURL(entry).href);
}
