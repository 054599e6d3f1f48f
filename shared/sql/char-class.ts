/** What a character can begin. Codes from 0x80 are `word`: text may be UTF-8 bytes decoded as latin1. */
export const CharClass = {
  other: 0,
  space: 1,
  word: 2,
  digit: 3,
  quote: 4,
  backtick: 5,
  dollar: 6,
} as const;

const table = new Uint8Array(128);
for (let code = 0; code <= 0x20; code += 1) table[code] = CharClass.space;
table[0x7f] = CharClass.space;
for (const [first, last] of ['az', 'AZ', '__'].map((pair) => [pair.charCodeAt(0), pair.charCodeAt(1)] as const)) {
  for (let code = first; code <= last; code += 1) table[code] = CharClass.word;
}
for (let code = 0x30; code <= 0x39; code += 1) table[code] = CharClass.digit;
table[0x22] = CharClass.quote;
table[0x27] = CharClass.quote;
table[0x60] = CharClass.backtick;
table[0x24] = CharClass.dollar;

/** Class of an ASCII code; index with codes below 0x80 only. */
export const charClasses: Uint8Array = table;

/** ASCII codes in lower case; other codes must not be looked up, because they may be bytes of UTF-8. */
export const lowerCase: Uint8Array = Uint8Array.from({ length: 128 }, (_, code) =>
  code >= 0x41 && code <= 0x5a ? code | 0x20 : code,
);

const isWord = Uint8Array.from({ length: 128 }, (_, code) =>
  charClasses[code] === CharClass.word ||
  charClasses[code] === CharClass.digit ||
  charClasses[code] === CharClass.dollar
    ? 1
    : 0,
);

/** True for what continues a word: letter, digit, `_`, `$`, any code from 0x80. */
export const isWordCode = (code: number): boolean => code >= 0x80 || isWord[code] === 1;

/** True for 0 to 9. */
export const isDigitCode = (code: number): boolean => code >= 0x30 && code <= 0x39;
