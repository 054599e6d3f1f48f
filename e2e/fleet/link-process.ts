// Carries the links of one fleet until it is ended; started detached by the lab as `node --import tsx link-process.ts <socket>`.
import fs from 'node:fs';
import net from 'node:net';
import { Link } from './link';
import { linkRequest } from './link-protocol';

const socket = process.argv[2];
if (!socket) throw new Error('usage: link-process <control socket>');
const links = new Map<string, { readonly link: Link; readonly port: number }>();

net
  .createServer((connection) => {
    let text = '';
    connection.on('error', () => undefined);
    connection.on('data', (data) => {
      text += String(data);
      if (!text.includes('\n')) return;
      answer(text).then(
        (value) => connection.end(JSON.stringify({ value: value ?? null })),
        (error: Error) => connection.end(JSON.stringify({ error: error.message })),
      );
    });
  })
  .listen(socket);
process.on('exit', () => fs.rmSync(socket, { force: true }));

async function answer(text: string): Promise<unknown> {
  const request = linkRequest.parse(JSON.parse(text));
  switch (request.verb) {
    case 'open': {
      const known = links.get(request.name);
      if (known) return known.port;
      const link = new Link(request.targetPort);
      const port = await link.listen();
      links.set(request.name, { link, port });
      return port;
    }
    case 'set': {
      const known = links.get(request.name);
      if (!known)
        throw new Error(`There is no link ${request.name}. There are: ${[...links.keys()].join(', ') || 'none'}`);
      return known.link.set(request.conditions);
    }
    case 'list':
      return [...links].map(([name, { link, port }]) => ({ name, port, ...link.current }));
  }
}
