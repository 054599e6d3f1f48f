import cyrillic from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-cyrillic-wght-normal.woff2?url';
import greek from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-greek-wght-normal.woff2?url';
import latinExtended from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-ext-wght-normal.woff2?url';
import latin from '@fontsource-variable/jetbrains-mono/files/jetbrains-mono-latin-wght-normal.woff2?url';

const subsets: readonly { readonly url: string; readonly unicodeRange: string }[] = [
  {
    url: latin,
    unicodeRange: 'U+0000-00FF,U+0131,U+0152-0153,U+02BB-02DC,U+2000-206F,U+20AC,U+2122,U+2191,U+2193,U+2212',
  },
  {
    url: latinExtended,
    unicodeRange: 'U+0100-02BA,U+1E00-1E9F,U+1EF2-1EFF,U+20A0-20AB,U+20AD-20C0,U+2113,U+2C60-2C7F',
  },
  { url: greek, unicodeRange: 'U+0370-03FF' },
  { url: cyrillic, unicodeRange: 'U+0301,U+0400-045F,U+0490-0491,U+04B0-04B1,U+2116' },
];

/**
 * Registers the mono face subset by subset. The package's own stylesheet is not used: the builder turns its smallest
 * file into a data: address, which the page's policy refuses. A subset is read only when a letter of it is drawn.
 */
export function addMonoFont(): void {
  for (const { url, unicodeRange } of subsets) {
    document.fonts.add(
      new FontFace('JetBrains Mono Variable', `url(${JSON.stringify(url)})`, {
        weight: '100 800',
        display: 'swap',
        unicodeRange,
      }),
    );
  }
}
