import { expect, it } from 'vitest';
import { terminalText } from './terminal-text';

it.each([
  ['two\nlines\tkept', 'two\nlines\tkept'],
  ['a\u001b[2Jb', 'a␛[2Jb'],
  ['over\rwritten', 'overwritten'],
  ['\u0007\u202e', '⟨U+0007⟩⟨U+202E⟩'],
  ['Zürich ✓', 'Zürich ✓'],
])('shows %j as %j', (text, shown) => expect(terminalText(text)).toBe(shown));
