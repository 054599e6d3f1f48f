import { html, type Html } from './html';

/** How a state is to be read at a glance; always beside a word. */
export type Tone = 'good' | 'watch' | 'bad' | 'plain';

const marks: Readonly<Record<Tone, string>> = { good: '✓', watch: '!', bad: '✗', plain: '·' };

/** A mark and a word: the colour says nothing that they do not. */
export function tag([tone, word]: readonly [Tone, string]): Html {
  return html`<span class="${tone} tag">${marks[tone]} ${word}</span>`;
}

/** A headed part of the page; nothing when there is nothing to say. */
export function section(title: string, body: Html | null): Html {
  return body === null
    ? html``
    : html`<section>
        <h2>${title}</h2>
        ${body}
      </section>`;
}

interface Column {
  readonly title: string;
  readonly kind?: 'time' | 'figure';
}

/** Rows under a head that is repeated on each page of paper; null without rows. */
export function table(columns: readonly Column[], rows: readonly (readonly (Html | string | number)[])[]): Html | null {
  if (rows.length === 0) return null;
  return html`<table>
    <thead>
      <tr>
        ${columns.map((one) => html`<th class="${one.kind ?? ''}">${one.title}</th>`)}
      </tr>
    </thead>
    <tbody>
      ${rows.map(
        (row) =>
          html`<tr>
            ${row.map((cell, index) => html`<td class="${columns[index]?.kind ?? ''}">${cell}</td>`)}
          </tr> `,
      )}
    </tbody>
  </table>`;
}

/** Names and values; what has no value is left out. */
export function facts(pairs: readonly (readonly [string, Html | string])[]): Html {
  const held = pairs.filter(([, value]) => value !== '');
  return html`<dl>
    ${held.map(
      ([name, value]) =>
        html`<dt>${name}</dt>
          <dd>${value}</dd>`,
    )}
  </dl>`;
}

/** A list of sentences; null when there are none. */
export function list(sentences: readonly string[]): Html | null {
  return sentences.length === 0
    ? null
    : html`<ul>
        ${sentences.map((one) => html`<li>${one}</li>`)}
      </ul>`;
}
