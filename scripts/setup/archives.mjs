import fs from 'node:fs';
import path from 'node:path';
import zlib from 'node:zlib';

/**
 * Unpacks the entries of a zip file that `place` wants. Formats: APPNOTE.TXT 6.3, sections 4.3.7, 4.3.12, 4.3.16; methods 0 and 8.
 * @param {string} file
 * @param {(entryName: string) => string | undefined} place the absolute path for an entry, undefined to leave it out
 */
export function unzip(file, place) {
  const fd = fs.openSync(file, 'r');
  try {
    for (const entry of readDirectory(fd)) {
      const target = place(entry.name);
      if (!target) continue;
      if (entry.name.endsWith('/')) {
        fs.mkdirSync(target, { recursive: true });
        continue;
      }
      const header = readAt(fd, entry.headerOffset, 30);
      const dataOffset = entry.headerOffset + 30 + header.readUInt16LE(26) + header.readUInt16LE(28);
      const packed = readAt(fd, dataOffset, entry.packedBytes);
      const data = entry.method === 8 ? zlib.inflateRawSync(packed) : packed;
      fs.mkdirSync(path.dirname(target), { recursive: true });
      if ((entry.mode & 0o170000) === 0o120000) fs.symlinkSync(data.toString(), target);
      else fs.writeFileSync(target, data, { mode: entry.mode & 0o777 || 0o644 });
    }
  } finally {
    fs.closeSync(fd);
  }
}

function* readDirectory(fd) {
  const sizeBytes = fs.fstatSync(fd).size;
  const tailBytes = Math.min(sizeBytes, 65_557);
  const tail = readAt(fd, sizeBytes - tailBytes, tailBytes);
  const end = tail.lastIndexOf(Buffer.from('PK\x05\x06', 'latin1'));
  if (end < 0) throw new Error('not a zip file: no end of central directory');
  const directory = readAt(fd, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  for (let at = 0; at + 46 <= directory.length && directory.readUInt32LE(at) === 0x02014b50;) {
    const nameBytes = directory.readUInt16LE(at + 28);
    yield {
      name: directory.toString('utf8', at + 46, at + 46 + nameBytes),
      method: directory.readUInt16LE(at + 10),
      packedBytes: directory.readUInt32LE(at + 20),
      mode: directory.readUInt32LE(at + 38) >>> 16,
      headerOffset: directory.readUInt32LE(at + 42),
    };
    at += 46 + nameBytes + directory.readUInt16LE(at + 30) + directory.readUInt16LE(at + 32);
  }
}

function readAt(fd, position, length) {
  const buffer = Buffer.alloc(length);
  fs.readSync(fd, buffer, 0, length, position);
  return buffer;
}

/**
 * Packs files into Electron's archive format: a pickle of the JSON header, then the contents one after the other.
 * @param {Record<string, string>} files text by name, flat
 * @returns {Buffer}
 */
export function packAsar(files) {
  const header = { files: {} };
  const contents = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const content = Buffer.from(text);
    header.files[name] = { size: content.length, offset: String(offset) };
    offset += content.length;
    contents.push(content);
  }
  const json = Buffer.from(JSON.stringify(header));
  const padding = (4 - (json.length % 4)) % 4;
  const sizes = Buffer.alloc(16);
  sizes.writeUInt32LE(4, 0);
  sizes.writeUInt32LE(json.length + padding + 8, 4);
  sizes.writeUInt32LE(json.length + padding + 4, 8);
  sizes.writeUInt32LE(json.length, 12);
  return Buffer.concat([sizes, json, Buffer.alloc(padding), ...contents]);
}
