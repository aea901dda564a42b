// Nx's own client for self-hosted caches transfers outputs to and from the stand-in.
const { requireNx } = require('./nx');
const { accessToken, apiUrl } = require('./settings');

function cacheEnvironment() {
  return {
    NX_SELF_HOSTED_REMOTE_CACHE_SERVER: apiUrl(),
    NX_SELF_HOSTED_REMOTE_CACHE_ACCESS_TOKEN: accessToken(),
  };
}

function getRemoteCache() {
  Object.assign(process.env, cacheEnvironment());
  const { HttpRemoteCache } = requireNx('native/index');
  return new HttpRemoteCache();
}

module.exports = { cacheEnvironment, getRemoteCache };
