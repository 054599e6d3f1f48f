import { contextBridge, ipcRenderer, webUtils } from 'electron';
import { channels } from '@shared/ipc/channels';
import type { Bridge, StreamMessage } from '@shared/ipc/contract';

const watchers = new Map<string, (message: StreamMessage) => void>();
let nextId = 0;
const newId = (): string => `${Date.now().toString(36)}-${(nextId += 1)}`;

ipcRenderer.on(channels.event, (_event, message: StreamMessage) => watchers.get(message.watchId)?.(message));

/** Calls, streams, and the path of a dropped file: the window knows nothing of Node or Electron. */
const bridge: Bridge = {
  call: (name, input, callId = newId()) => ipcRenderer.invoke(channels.invoke, { name, callId, input }),
  pathOf: (file) => webUtils.getPathForFile(file),
  cancel: (callId) => ipcRenderer.send(channels.cancel, callId),
  watch: (name, input, onMessage) => {
    const watchId = newId();
    watchers.set(watchId, onMessage);
    ipcRenderer.send(channels.watch, { name, watchId, input });
    return () => {
      watchers.delete(watchId);
      ipcRenderer.send(channels.unwatch, watchId);
    };
  },
};

contextBridge.exposeInMainWorld('midwatch', bridge);
