import { spawn, type ChildProcess } from 'node:child_process';
import path from 'node:path';
import { fileURLToPath } from 'node:url';

const projectFolder = path.resolve(import.meta.dirname, '../..');

/** A process of the bench's own, which ends when the channel to it ends. */
export interface Child {
  readonly process: ChildProcess;
  /** Sends and waits for the next message. @throws Error when it ends before */
  ask<Answer>(message: unknown): Promise<Answer>;
  stop(): void;
}

/** Starts a module as a process with a channel. @param address of the module, from import.meta.resolve */
export function startChild(address: string, nodeOptions: readonly string[] = []): Child {
  const child = spawn(process.execPath, [...nodeOptions, '--import', 'tsx', fileURLToPath(address)], {
    cwd: projectFolder,
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  });
  return {
    process: child,
    ask: <Answer>(message: unknown) =>
      new Promise<Answer>((settle, reject) => {
        const ended = (code: number | null): void => reject(new Error(`the process ended with code ${code}`));
        child.once('exit', ended);
        child.once('message', (answer) => {
          child.off('exit', ended);
          settle(answer as Answer);
        });
        child.send(message as object);
      }),
    stop: () => {
      if (child.connected) child.disconnect();
      child.kill();
    },
  };
}
