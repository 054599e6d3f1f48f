// The floor: an Electron app that opens one window with nothing in it, and says when it is drawn.
'use strict';
const { app, BrowserWindow } = require('electron');

void app.whenReady().then(() => {
  const window = new BrowserWindow({ width: 1440, height: 900, show: false, webPreferences: { sandbox: true } });
  window.once('ready-to-show', () => {
    window.show();
    console.log('midwatch: window ready');
  });
  void window.loadURL('data:text/html,<title>Empty</title>');
});
app.on('window-all-closed', () => app.quit());
