// Finds the workspace's own Nx: its folder, its `nx` command, its internal modules.
const { existsSync } = require('fs');
const { dirname, join } = require('path');

const searchPaths = [process.cwd()];

function addSearchPaths(paths) {
  searchPaths.unshift(...paths);
}

function nxFolder() {
  return dirname(require.resolve('nx/package.json', { paths: searchPaths }));
}

// Nx moved its compiled files to `dist` in version 24.
function nxFile(path) {
  const candidates = [join('dist', path), path].map((file) =>
    join(nxFolder(), file),
  );
  const found = candidates.find((file) => existsSync(file));
  if (!found) throw new Error(`this version of Nx has no ${path}`);
  return found;
}

function requireNx(path) {
  return require(nxFile(`src/${path}.js`));
}

// Loads a package that Nx itself depends on.
function requireFromNx(name) {
  return require(require.resolve(name, { paths: [nxFolder()] }));
}

function workspaceRoot() {
  return requireNx('utils/workspace-root').workspaceRoot;
}

module.exports = {
  addSearchPaths,
  nxFile,
  requireFromNx,
  requireNx,
  workspaceRoot,
};
