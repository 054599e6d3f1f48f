import { describe, expect, it } from 'vitest';
import { isPtChecksumOf, readPtChecksum } from './pt-checksum';

describe('readPtChecksum', () => {
  it.each([
    // A row of 3.2.1, and the same class as 2.2 wrote it: CONV('7F7D57ACDD8A346E', 16, 10).
    ['F9A57DD5B8A1F4E37F7D57ACDD8A346E', 'F9A57DD5B8A1F4E37F7D57ACDD8A346E'],
    ['f9a57dd5b8a1f4e37f7d57acdd8a346e', 'F9A57DD5B8A1F4E37F7D57ACDD8A346E'],
    ['9186595214868493422', '7F7D57ACDD8A346E'],
    ['18446744073709551615', 'FFFFFFFFFFFFFFFF'],
    ['-1', 'FFFFFFFFFFFFFFFF'],
    ['1', '0000000000000001'],
    ['7F7D57ACDD8A346E', '7F7D57ACDD8A346E'],
    ['', null],
    ['select ?', null],
    ['F9A57DD5B8A1F4E37F7D57ACDD8A346', null],
  ])('%s', (text, read) => expect(readPtChecksum(text)).toBe(read));

  it('is held against a class in all digits that the table has', () => {
    const ours = 'F9A57DD5B8A1F4E37F7D57ACDD8A346E';
    expect(isPtChecksumOf('7F7D57ACDD8A346E', ours)).toBe(true);
    expect(isPtChecksumOf(ours, ours)).toBe(true);
    expect(isPtChecksumOf('00000000000000007F7D57ACDD8A346E', ours)).toBe(false);
    expect(isPtChecksumOf('7F7D57ACDD8A346E', '')).toBe(false);
  });
});
