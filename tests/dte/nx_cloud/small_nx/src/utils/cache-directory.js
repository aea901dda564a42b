exports.cacheDir = process.env.NX_CACHE_DIRECTORY;
