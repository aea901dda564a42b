// Packs a folder of Nx's cache into one archive, and unpacks it. Only this client reads
// these archives.
const {
  chmodSync,
  lstatSync,
  mkdirSync,
  readFileSync,
  readdirSync,
  readlinkSync,
  symlinkSync,
  writeFileSync,
} = require('fs');
const { dirname, join } = require('path');
const { deserialize, serialize } = require('v8');
const { gunzipSync, gzipSync } = require('zlib');

const pack = (folder) => gzipSync(serialize(listEntries(folder, '')));

function listEntries(root, folder) {
  return readdirSync(join(root, folder)).flatMap((name) => {
    const path = join(folder, name);
    const file = join(root, path);
    const state = lstatSync(file);
    if (state.isSymbolicLink()) return [{ path, link: readlinkSync(file) }];
    if (!state.isDirectory())
      return [{ path, mode: state.mode, content: readFileSync(file) }];
    return [{ path }, ...listEntries(root, path)];
  });
}

function unpack(archive, root) {
  mkdirSync(root, { recursive: true });
  for (const { path, mode, content, link } of deserialize(gunzipSync(archive))) {
    const file = join(root, path);
    mkdirSync(content || link ? dirname(file) : file, { recursive: true });
    if (link) symlinkSync(link, file);
    else if (content) {
      writeFileSync(file, content);
      chmodSync(file, mode);
    }
  }
}

module.exports = { pack, unpack };
