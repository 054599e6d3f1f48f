// Carries one application endpoint until it is ended; started detached by the lab with the arguments of `usage`.
import fs from 'node:fs';
import http from 'node:http';
import net from 'node:net';
import path from 'node:path';
import {
  endpointOrder,
  repointRequest,
  type EndpointState,
  type HookCall,
  type HookMode,
  type RepointRequest,
} from './endpoint-protocol';

const usage = 'endpoint-process <folder> <port> <control port> <target port>';
const [folder, ...numbers] = process.argv.slice(2);
const [port, controlPort, targetPort] = numbers.map(Number);
if (!folder || !port || !controlPort || !targetPort) throw new Error(`usage: ${usage}`);

let target = { host: '127.0.0.1', port: targetPort };
let mode: HookMode = 'obey';
const calls: HookCall[] = [];
const open = new Set<net.Socket>();

const endpoint = net.createServer({ allowHalfOpen: true }, (near) => {
  const far = net.connect({ ...target, allowHalfOpen: true });
  for (const [socket, other] of [
    [near, far],
    [far, near],
  ] as const) {
    open.add(socket);
    socket.setNoDelay(true);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      open.delete(socket);
      other.destroy();
    });
    socket.pipe(other);
  }
});

/** As a proxy does that is told to: nobody stays with the old server. */
function pointTo(next: { readonly host: string; readonly port: number }): void {
  if (next.host === target.host && next.port === target.port) return;
  target = next;
  for (const socket of open) socket.resetAndDestroy();
}

/** null: never answered. */
type Answer = { readonly ok: boolean; readonly text: string } | null;

function obey(by: HookCall['by'], request: RepointRequest | null): Answer {
  calls.push({ by, mode, atMs: Date.now(), request });
  if (mode === 'hang') return null;
  if (mode === 'fail') return { ok: false, text: 'the proxy refuses: no such backend' };
  if (mode === 'rubbish') return { ok: true, text: '\u0007<<<<{]; 0x0000 segfault at nowhere "ok": maybe' };
  if (!request) return { ok: false, text: 'not a repoint request' };
  if (mode === 'obey') pointTo({ host: request.newHost, port: request.newPort });
  return { ok: true, text: JSON.stringify({ ok: true, now: `${request.newHost}:${request.newPort}` }) };
}

const control = http.createServer((request, response) => {
  let body = '';
  request.on('data', (data) => (body += String(data)));
  request.on('end', () => {
    const given = parseJson(body);
    if (request.method === 'POST' && request.url === '/hook') {
      const wanted = repointRequest.safeParse(given);
      const answer = obey('http', wanted.success ? wanted.data : null);
      if (!answer) return;
      const status = answer.ok ? 200 : mode === 'fail' ? 500 : 400;
      response.writeHead(status, { 'content-type': mode === 'rubbish' ? 'text/html' : 'application/json' });
      response.end(answer.text);
      return;
    }
    if (request.method === 'POST') {
      const order = endpointOrder.parse(given);
      if (order.mode) mode = order.mode;
      if (order.target) pointTo(order.target);
    }
    const state: EndpointState = { target, mode, connections: open.size / 2, calls };
    response.end(JSON.stringify(state));
  });
});

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/** The shell hook leaves its question as a file and waits for the answer beside it: nothing but a shell is needed. */
function answerShellHooks(inside: string): void {
  for (const name of fs.readdirSync(inside).filter((one) => one.endsWith('.ask'))) {
    const file = path.join(inside, name);
    const lines = fs.readFileSync(file, 'utf8').split('\n');
    fs.rmSync(file);
    const [action, cluster, runId, oldHost, oldPort, newHost, newPort] = lines;
    const wanted = repointRequest.safeParse({ action, cluster, runId, oldHost, oldPort, newHost, newPort });
    const answer = obey('shell', wanted.success ? wanted.data : null);
    if (!answer) continue;
    const code = answer.ok ? 0 : mode === 'fail' ? 3 : 2;
    const aside = file.replace(/\.ask$/, '.aside');
    fs.writeFileSync(aside, `${code}\n${answer.text}\n`);
    fs.renameSync(aside, file.replace(/\.ask$/, '.answer'));
  }
}

fs.watch(folder, () => answerShellHooks(folder));
endpoint.listen(port, '127.0.0.1', () => control.listen(controlPort, '127.0.0.1'));
