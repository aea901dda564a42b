// Writes a package's dist folder: its source under a banner, and a manifest with
// the digest of all inputs, including the dist of its dependencies. A dependency that
// is not built yet is an error, so the order of the build tasks matters.
import { createHash } from 'node:crypto';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join, resolve } from 'node:path';

const [root] = process.argv.slice(2);
const packageJson = JSON.parse(readFileSync(join(root, 'package.json')));
const requireFrom = createRequire(resolve(root, 'package.json'));
const digest = createHash('sha256');
const dependencies = {};

for (const name of Object.keys(packageJson.dependencies ?? {})) {
  const manifest = requireFrom(`${name}/dist/manifest.json`);
  dependencies[name] = manifest.digest;
  digest.update(`${name}@${manifest.digest}\n`);
}

mkdirSync(join(root, 'dist'), { recursive: true });
for (const file of readdirSync(join(root, 'src')).sort()) {
  const source = readFileSync(join(root, 'src', file), 'utf8');
  digest.update(source);
  const banner = `// ${packageJson.name}, built from src/${file}\n`;
  writeFileSync(join(root, 'dist', file), banner + source);
}

const manifest = {
  name: packageJson.name,
  digest: digest.digest('hex').slice(0, 12),
  dependencies,
};
writeFileSync(
  join(root, 'dist', 'manifest.json'),
  JSON.stringify(manifest, null, 2) + '\n',
);
console.log(`built ${manifest.name} ${manifest.digest}`);
