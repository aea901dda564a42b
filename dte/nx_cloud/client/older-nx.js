// Nx before 20.8 has no client for self-hosted caches. For these versions, the client
// itself packs and sends the folders of Nx's cache on disk.
const { existsSync, readFileSync, rmSync, writeFileSync } = require('fs');
const { join } = require('path');
const { pack, unpack } = require('./archive');
const { requireNx } = require('./nx');
const { accessToken, apiUrl } = require('./settings');

const isOlderNx = () => !requireNx('native/index').HttpRemoteCache;

// Lets all caches of this process use the stand-in, and turns off Nx's database, which
// Nx 19 and 20 can use instead of the folders.
function shareCache() {
  process.env.NX_DISABLE_DB = 'true';
  const { prototype } = requireNx('tasks-runner/cache').Cache;
  if (prototype.isShared) return;
  prototype.isShared = true;
  for (const name of ['get', 'put']) {
    const original = prototype[name];
    prototype[name] = function (...words) {
      this.options = { ...this.options, remoteCache: { retrieve, store } };
      return original.apply(this, words);
    };
  }
}

// Nx calls `retrieve` and `store` by these names, with these parameters.
async function retrieve(hash, cacheFolder) {
  const answer = await request(hash, { method: 'GET' });
  if (!answer.ok) return false;
  const folder = join(cacheFolder, hash);
  rmSync(folder, { recursive: true, force: true });
  unpack(Buffer.from(await answer.arrayBuffer()), folder);
  writeFileSync(join(cacheFolder, `${hash}.commit`), 'true');
  return true;
}

async function store(hash, cacheFolder) {
  const folder = join(cacheFolder, hash);
  if (!existsSync(folder) || readCode(folder) !== 0) return false;
  const answer = await request(hash, { method: 'PUT', body: pack(folder) });
  return answer.ok;
}

function readCode(folder) {
  try {
    return Number(readFileSync(join(folder, 'code'), 'utf8'));
  } catch {
    return 0;
  }
}

const request = (hash, options) =>
  fetch(`${apiUrl()}/v1/cache/${hash}`, {
    ...options,
    headers: { authorization: `Bearer ${accessToken()}` },
  });

module.exports = { isOlderNx, shareCache };
