import { describe, expect, it } from 'vitest';
import type { Step } from '@shared/model/plan';
import type { Report } from '@shared/model/report';
import type { JournalEntry, RunState } from '@shared/model/run';
import { escapeHtml } from '../../report-page/html';
import { reportData, reportJson } from './report-json';
import { reportPage } from './report-page';
import { reportText } from './report-text';
import { duration } from './report-words';

const hostile = `<script>alert("x")</script>&'"--><img src=x onerror=y>\u0000\u202e`;
const making = { atMs: Date.UTC(2026, 0, 2, 3, 4, 5), version: '1.2.3' };

const step: Step = {
  id: 'fence',
  action: 'fence',
  title: 'Close db-1 to writes',
  target: 'db-1',
  statements: [
    {
      key: 'close',
      phase: 'run',
      instanceId: 'i1',
      instance: 'db-1',
      by: 'sql',
      text: 'SET GLOBAL super_read_only = ON',
    },
    { key: 'kill', phase: 'run', instanceId: 'i1', instance: 'db-1', by: 'ssh', text: 'kill -9 1234' },
  ],
  guard: 'It is the primary',
  verify: 'It refuses writes',
  undo: 'Open it again',
  ifUnknown: 'Ask again',
  beside: false,
  timeoutMs: 1000,
  undoTimeoutMs: 1000,
  plannedMs: 100,
  pointOfNoReturn: true,
  optional: false,
  params: {},
};

function entryOf(seq: number, changes: Partial<JournalEntry>): JournalEntry {
  return {
    seq,
    atMs: 1_000 + seq,
    runId: 'run-1',
    stepId: 'fence',
    type: 'statement',
    text: `statement ${seq}`,
    data: {},
    ...changes,
  };
}

const report: Report = {
  evidence: [],
  runId: 'run-1',
  state: 'succeeded',
  by: 'ann',
  reason: 'db-1 died',
  startedAtMs: 1_000,
  endedAtMs: 5_200,
  writeGapMs: 4_100,
  clickToOpenMs: 900,
  probeAcknowledged: 40,
  probeMissing: 2,
  steps: [
    {
      stepId: 'fence',
      title: step.title,
      plannedMs: 100,
      status: 'done',
      startedAtMs: 1_001,
      tookMs: 90,
      proof: 'super_read_only = ON',
      error: '',
    },
  ],
  proof: [{ text: 'one writable instance', holds: true }],
  timeline: [{ atMs: 1_500, sinceMs: 500, text: 'Close db-1 to writes' }],
  announcedLoss: {
    basis: 'last-answer',
    transactions: 3,
    gtid: 'uuid:101-103',
    bytes: null,
    unknownSeconds: 2,
    unknownTransactions: 40,
    sentence: '3 transactions are lost for certain, and up to 40 more of 2 s',
  },
  leftToDo: ['Compare the transactions of db-1 before it returns'],
  plan: {
    id: 'plan-1',
    kind: 'failover',
    clusterId: 'c1',
    cluster: 'wallet',
    title: 'Failover of wallet to db-2',
    createdAtMs: 900,
    expiresAtMs: 60_900,
    basis: { seenAtMs: 900, facts: { primary: 'db-1 is dead' } },
    checks: [
      {
        code: 'gtid',
        title: 'GTIDs are on',
        status: 'unknown',
        evidence: 'gtid_mode could not be read',
        advice: 'Grant it',
        atMs: 900,
      },
    ],
    candidates: [
      {
        instanceId: 'i3',
        instance: 'db-3',
        region: 'eu',
        state: 'excluded',
        executedGtid: 'uuid:1-90',
        toApply: 0,
        lostTransactions: null,
        waitSeconds: null,
        why: 'It has errant transactions',
        rules: [{ rule: 'No errant transactions', holds: false, evidence: 'other:1-2' }],
        loss: null,
      },
    ],
    steps: [step],
    impact: {
      primary: 'db-1',
      candidate: 'db-2',
      writeGapMs: 3_000,
      lostTransactions: 3,
      sentences: ['Writes stand still'],
      achieved: '',
    },
    verdict: {
      kind: 'dead',
      sentence: 'The primary is dead: its host refuses connections from 2 places',
      offersFailover: true,
      nextStep: '',
      viewpoints: [{ from: 'db-2', kind: 'replica', saw: 'gone', evidence: 'IO thread: error 2003', ageMs: 500 }],
    },
    choices: [],
    divergence: null,
    fence: [{ code: 'ssh-kill', title: 'End mysqld by SSH', usable: false, why: 'no host access in the inventory' }],
    attestation: { statement: 'I have switched db-1 off', expected: 'db-1' },
    drillId: null,
    actLabel: 'Promote db-2, lose 3 transactions',
    applyable: true,
    refusals: [],
  },
  journal: [
    entryOf(1, { type: 'approved', stepId: '', text: 'Approved by ann' }),
    entryOf(2, { text: 'db-1: SET GLOBAL super_read_only = ON', data: { key: 'close' } }),
    entryOf(3, { text: 'db-1: kill -9 1234', data: { key: 'kill' } }),
    entryOf(4, { stepId: 'gone-from-the-plan', text: 'db-1: KILL 77' }),
    entryOf(5, { type: 'ended', stepId: '', text: 'Done' }),
  ],
};

/** Every text of a report replaced: whatever a server, a hook or a person said. */
function everyText(value: unknown, key: string): unknown {
  const plainKeys = new Set(['kind', 'state', 'status', 'type', 'phase', 'by', 'saw', 'basis', 'stepId', 'id', 'key']);
  if (typeof value === 'string') return plainKeys.has(key) && value !== 'ann' ? value : hostile;
  if (Array.isArray(value)) return value.map((one) => everyText(one, key));
  if (typeof value === 'object' && value !== null)
    return Object.fromEntries(Object.entries(value).map(([name, one]) => [name, everyText(one, name)]));
  return value;
}

describe('the page', () => {
  const page = reportPage(report, making);

  it('escapes every text', () => {
    const evil = reportPage(everyText(report, '') as Report, { ...making, version: hostile });
    expect(evil).not.toMatch(/<script|<img|\u0000|\u202e/);
    expect(evil.match(/&lt;script&gt;alert\(&quot;x&quot;\)&lt;\/script&gt;&amp;&#39;/g)?.length).toBeGreaterThan(25);
    // Nothing but our own elements, and no attribute but our own.
    const tags = [...evil.matchAll(/<([a-z0-9]+)((?:\s[^>]*)?)>/g)];
    expect(new Set(tags.map(([, name]) => name))).toEqual(
      new Set([...page.matchAll(/<([a-z0-9]+)/g)].map(([, name]) => name)),
    );
    for (const [, , attributes = ''] of tags) expect(attributes).not.toMatch(/\son\w+=|src=|href=/);
  });

  it('stands alone: no script, and nothing is loaded', () => {
    expect(page).toMatch(/^<!doctype html>/i);
    expect(page).toContain(`content="default-src 'none'; style-src 'unsafe-inline'"`);
    expect(page).not.toMatch(/<script|<link|<img|src=|href=|url\(|@import/);
    expect(page).toMatch(/prefers-color-scheme: dark/);
    expect(page).toMatch(/@media print/);
  });

  it('holds every statement and every entry of the journal', () => {
    for (const entry of report.journal) expect(page).toContain(escapeHtml(entry.text));
    const steps = page.slice(page.indexOf('<h2>Steps</h2>'), page.indexOf('<h2>Proof</h2>'));
    for (const entry of report.journal.filter((one) => one.type === 'statement')) expect(steps).toContain(entry.text);
    expect(steps).toContain('by ssh');
  });

  it('says the outcome first, then what is left to do', () => {
    const order = [
      'db-2 is the primary of wallet',
      'Left to do',
      'Who, why, when',
      'Announced and measured',
      'Timeline',
      'Steps',
      'Checks before',
      'Candidates',
      'Journal',
    ];
    const places = order.map((text) => page.indexOf(text));
    expect(places).not.toContain(-1);
    expect(places).toEqual([...places].sort((one, other) => one - other));
  });

  it.each([
    'ann',
    'db-1 died',
    'Failover of wallet: succeeded',
    '3 transactions are lost for certain',
    '2 of 40 acknowledged probe rows are missing',
    'uuid:101-103',
    '4.10 s',
    '3.00 s',
    'Point of no return',
    'super_read_only = ON',
    'The primary is dead',
    'IO thread: error 2003',
    'no host access in the inventory',
    'I have switched db-1 off',
    'gtid_mode could not be read',
    'It has errant transactions',
    'other:1-2',
    'Promote db-2, lose 3 transactions',
    'Compare the transactions of db-1',
    'one writable instance',
    'Midwatch 1.2.3 on 2026-01-02 03:04:05 UTC',
  ])('tells %s', (text) => expect(page).toContain(text));

  it('never shows what is not known as 0', () => {
    const unknown: Report = { ...report, writeGapMs: null, probeMissing: null, announcedLoss: null };
    const shown = reportPage(unknown, making);
    expect(shown).toContain('not measured');
    expect(shown).toContain('No figure was announced');
  });

  it.each([
    'awaiting-approval',
    'running',
    'cancelling',
    'undoing',
    'verifying',
    'succeeded',
    'failed',
    'cancelled',
    'needs-attention',
    'interrupted',
    'adopted',
  ] satisfies RunState[])('is made of a run that is %s', (state) => {
    const shown = { ...report, state, endedAtMs: null, journal: [] };
    expect(reportPage(shown, making)).toContain('<div class="outcome');
    expect(reportText(shown)).toContain('Failover of wallet');
  });
});

describe('the JSON', () => {
  it('is stable: its keys and their order', () => {
    expect(Object.keys(reportData(report, making))).toEqual([
      'format',
      'madeAtMs',
      'madeBy',
      'runId',
      'kind',
      'cluster',
      'clusterId',
      'drillId',
      'title',
      'state',
      'outcome',
      'by',
      'reason',
      'startedAtMs',
      'endedAtMs',
      'tookMs',
      'oldPrimary',
      'newPrimary',
      'writeGapMs',
      'clickToOpenMs',
      'loss',
      'leftToDo',
      'timeline',
      'steps',
      'statements',
      'proof',
      'evidence',
      'plan',
      'journal',
    ]);
    const read = JSON.parse(reportJson(report, making)) as ReturnType<typeof reportData>;
    expect(read).toMatchObject({
      format: 'midwatch-report/1',
      tookMs: 4_200,
      writeGapMs: { announced: 3_000, measured: 4_100 },
      loss: { probeMissing: 2 },
    });
    expect(read.statements.map((one) => one.text)).toEqual([
      'db-1: SET GLOBAL super_read_only = ON',
      'db-1: kill -9 1234',
      'db-1: KILL 77',
    ]);
  });
});

describe('the text for a terminal', () => {
  it('says the outcome first and holds every statement', () => {
    const text = reportText(report);
    expect(text.split('\n')[0]).toBe('Succeeded: Failover of wallet to db-2');
    for (const entry of report.journal.filter((one) => one.type === 'statement')) expect(text).toContain(entry.text);
  });
});

describe('a rejoin', () => {
  const evidence = [{ path: '/evidence/db-1-errant-decoded.sql', sha256: 'ab12', bytes: 4200 }];
  const rejoin: Report = {
    ...report,
    evidence,
    plan: {
      ...report.plan,
      kind: 'rejoin',
      verdict: null,
      fence: [],
      attestation: { statement: 'I know that it differs', expected: 'db-1 differs' },
      choices: [
        {
          code: 'incremental',
          title: 'Follow',
          consequence: 'All stays.',
          possible: false,
          why: 'errant',
          chosen: false,
        },
        { code: 'inject-empty', title: 'Differ', consequence: 'It differs.', possible: true, why: '', chosen: true },
      ],
      divergence: {
        instance: 'db-1',
        against: 'db-2',
        errantGtid: 'uuid:7',
        errantTransactions: null,
        behindTransactions: 40,
        purgedGtid: '',
        purgedTransactions: 0,
        rows: [{ gtid: 'uuid:7', table: 'app.<account>', change: 'INSERT id=7' }],
        rowsLeftOut: '3 more',
      },
    },
  };

  it('names its evidence, what was only there, and the way that was chosen; it has no write gap', () => {
    const page = reportPage(rejoin, making);
    for (const text of [
      '/evidence/db-1-errant-decoded.sql',
      'ab12',
      'app.&lt;account&gt;',
      'INSERT id=7',
      '3 more',
      'not known',
      'Chosen: Differ',
      'Not possible: errant',
      'I know that it differs',
    ])
      expect(page).toContain(text);
    const text = reportText(rejoin);
    expect(text).toContain('/evidence/db-1-errant-decoded.sql (4,200 bytes, SHA-256 ab12)');
    for (const shown of [page, text]) expect(shown).not.toContain('Time without writes');
    expect(reportData(rejoin, making).evidence).toEqual(evidence);
  });
});

describe('duration', () => {
  it.each([
    [null, 'not measured'],
    [190, '0.19 s'],
    [12_400, '12.4 s'],
    [185_000, '3 min 05 s'],
  ])('%j is %s', (ms, text) => expect(duration(ms)).toBe(text));
});
