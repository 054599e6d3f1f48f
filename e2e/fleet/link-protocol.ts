import net from 'node:net';
import { z } from 'zod';

const conditions = z
  .object({
    delayMs: z.number().min(0),
    jitterMs: z.number().min(0),
    lossPercent: z.number().min(0).max(100),
    state: z.enum(['open', 'stalled', 'refusing']),
  })
  .partial();

/** What may be asked of the process that carries a fleet's links: one JSON line in, one out. */
export const linkRequest = z.discriminatedUnion('verb', [
  z.object({ verb: z.literal('open'), name: z.string(), targetPort: z.number() }),
  z.object({ verb: z.literal('set'), name: z.string(), conditions }),
  z.object({ verb: z.literal('list') }),
]);

export type LinkRequest = z.infer<typeof linkRequest>;

/** Asks the link process that listens on `socket`. @throws Error with its answer when it refused */
export function askLinkProcess(socket: string, request: LinkRequest): Promise<unknown> {
  return new Promise((settle, fail) => {
    let answer = '';
    const connection = net.connect(socket, () => connection.write(`${JSON.stringify(request)}\n`));
    connection.on('data', (data) => (answer += String(data)));
    connection.on('error', fail);
    connection.on('end', () => {
      const { value, error } = JSON.parse(answer || '{"error":"no answer"}') as { value?: unknown; error?: string };
      if (error === undefined) settle(value);
      else fail(new Error(error));
    });
  });
}
