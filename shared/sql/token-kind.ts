/**
 * What a token of SQL is. Whitespace (every code up to 0x20, and 0x7f) is between tokens and is none.
 * The lexical rules are those of the MySQL 9.x manual, "Language Structure", and of MariaDB 10.11 where it says more.
 */
export const TokenKind = {
  /** A name or keyword without quotes: letters, digits, `_`, `$` and every code from 0x80. */
  word: 1,
  /** A word that begins with a digit and is no number: `2024_orders`. A name, or what is left of a literal. */
  digitWord: 2,
  /** `` `a``b` ``. One that holds ' or ", or never ends, is a `string`: it may have swallowed a literal. */
  quotedName: 3,
  /** `@x`, `@@global.x`. */
  variable: 4,
  /** '…', "…", with introducer or prefix (_utf8mb4'…', N'…', x'…', b'…'), `$tag$ … $tag$`; also without its end. */
  string: 5,
  /** `1`, `.5`, `1.`, `1e-3`, `0x1F`, `0b01`. */
  number: 6,
  /** `?`. */
  placeholder: 7,
  /** `?+` as a fingerprint writes two or more literals, `...` as a server's digest does. */
  valueList: 8,
  /** Everything else: operators, and each character that means nothing. */
  operator: 9,
  arrow: 10,
  sign: 11,
  at: 12,
  openParen: 13,
  closeParen: 14,
  comma: 15,
  dot: 16,
  semicolon: 17,
  /** `-- …`, `# …`, and what stands between slash-star and star-slash; also without its end. */
  comment: 18,
  /** An optimizer hint with its end. */
  hint: 19,
  /** The opening of an executable comment, with its version; what follows is code. */
  codeOpen: 20,
  /** The end of an executable comment. */
  codeClose: 21,
} as const;

export type TokenKind = (typeof TokenKind)[keyof typeof TokenKind];
