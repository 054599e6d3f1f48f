import { tmpdir } from 'node:os';
import { describe, expect, it } from 'vitest';
import { chooseSocketFolder, openLab } from './lab';

describe('chooseSocketFolder', () => {
  it('stays beside the data while the path fits into a socket address', () => {
    expect(chooseSocketFolder('/home/a/.cache/midwatch/lab/main/wallet')).toBe(
      '/home/a/.cache/midwatch/lab/main/wallet/s',
    );
  });

  it('moves to the folder for temporary files when it does not', () => {
    const long = `/${'x'.repeat(100)}`;
    expect(chooseSocketFolder(long).startsWith(tmpdir())).toBe(true);
    expect(chooseSocketFolder(long)).not.toBe(chooseSocketFolder(`${long}y`));
  });
});

describe('a lab where nothing was started', () => {
  const lab = openLab({ root: '/nonexistent/midwatch-lab' });

  it('lists nothing and ends nothing', async () => {
    expect(lab.list()).toEqual([]);
    expect(await lab.down()).toBe(0);
  });

  it('says how to start what it does not find', () => {
    expect(() => lab.attach('wallet')).toThrow('npm run fleet -- up wallet');
  });
});
