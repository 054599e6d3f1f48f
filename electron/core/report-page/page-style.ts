/** The style of a report that stands alone: light, dark by the reader's preference, and light again on paper. */
export const pageStyle = `
:root { color-scheme: light dark; --ground: #fff; --text: #15191e; --dim: #4a5462; --line: #c5ccd5; --soft: #f0f2f5;
  --good: #176c43; --watch: #7a5200; --bad: #a8272c; }
@media (prefers-color-scheme: dark) { :root { --ground: #0e1115; --text: #e7eaef; --dim: #a0aab8; --line: #39424e;
  --soft: #1b2027; --good: #6bd09c; --watch: #f5c553; --bad: #ff8a8a; } }
@media print { :root { color-scheme: light; --ground: #fff; --text: #000; --dim: #333; --line: #999; --soft: #f2f2f2;
  --good: #0b3b25; --watch: #523800; --bad: #851e23; } }
@page { margin: 16mm 14mm; }
* { box-sizing: border-box; }
body { margin: 0 auto; max-width: 64rem; padding: 1.5rem; background: var(--ground); color: var(--text);
  font: 14px/1.45 system-ui, 'Segoe UI', Roboto, 'Helvetica Neue', Arial, sans-serif; font-variant-numeric: tabular-nums;
  overflow-wrap: anywhere; }
h1 { font-size: 1.5rem; margin: 0 0 .25rem; }
h2 { font-size: 1.05rem; margin: 2rem 0 .5rem; padding-bottom: .2rem; border-bottom: 1px solid var(--line); break-after: avoid; }
h3 { font-size: .95rem; margin: 1rem 0 .25rem; break-after: avoid; }
p { margin: .25rem 0; }
.outcome { border: 1px solid var(--line); border-left-width: 6px; padding: .75rem 1rem; margin: 1rem 0; font-size: 1.05rem; }
.outcome.good { border-left-color: var(--good); } .outcome.watch { border-left-color: var(--watch); }
.outcome.bad { border-left-color: var(--bad); }
.tag { font-weight: 600; white-space: nowrap; }
.good.tag { color: var(--good); } .watch.tag { color: var(--watch); } .bad.tag { color: var(--bad); }
.dim { color: var(--dim); }
table { width: 100%; border-collapse: collapse; }
thead { display: table-header-group; }
th, td { text-align: left; vertical-align: top; padding: .25rem .5rem .25rem 0; border-bottom: 1px solid var(--line); }
th { font-weight: 600; color: var(--dim); }
tr, li, .step { break-inside: avoid; }
td.time, td.figure, th.figure { white-space: nowrap; }
td.figure, th.figure { text-align: right; }
dl { display: grid; grid-template-columns: max-content 1fr; gap: .2rem 1rem; margin: .5rem 0; }
dt { color: var(--dim); } dd { margin: 0; }
pre, code { font: 12px/1.45 ui-monospace, 'JetBrains Mono', Menlo, Consolas, monospace; }
pre { margin: .25rem 0; padding: .4rem .6rem; background: var(--soft); white-space: pre-wrap; }
ul, ol { margin: .25rem 0; padding-left: 1.25rem; }
.cut { border-top: 2px dashed var(--bad); margin: 1rem 0 .5rem; padding-top: .25rem; font-weight: 600; }
footer { margin-top: 2rem; color: var(--dim); }
`;
