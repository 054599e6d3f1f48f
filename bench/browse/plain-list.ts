export const plainListSelector = '#list';

/**
 * The floor: a list as long and as wide as the review's with no program behind it. Its 100,000 lines of text are laid out once;
 * then the browser only draws them while it scrolls.
 */
export function plainListPage(): string {
  const html = `<!doctype html><style>
    html, body { margin: 0; height: 100%; background: #14171c; color: #dfe3e8; overflow: hidden }
    ::-webkit-scrollbar { width: 8px } ::-webkit-scrollbar-thumb { background: #555; border-radius: 4px }
    #list { position: absolute; left: 199px; top: 217px; width: 578px; bottom: 38px; overflow: auto; contain: strict }
    pre { margin: 0; height: 60000px; font: 12px/60px monospace }
  </style><div id="list" tabindex="0"></div><script>
    const lines = Array.from({ length: 1000 }, (_, at) => 'select id, note from orders where id = ? limit ' + at);
    document.getElementById('list').innerHTML = ('<pre>' + lines.join('\\n') + '</pre>').repeat(100);
    requestAnimationFrame(() => requestAnimationFrame(() => (document.documentElement.dataset.ready = 'true')));
  </script>`;
  return `data:text/html;charset=utf-8,${encodeURIComponent(html)}`;
}
