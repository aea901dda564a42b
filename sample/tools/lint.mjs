// Checks the syntax of each file of a package, and that the package does not call
// console.log, which a library should not use.
import { spawnSync } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

const [root] = process.argv.slice(2);
const problems = [];

for (const folder of ['src', 'test', 'e2e']) {
  for (const name of readdirSync(join(root, folder))) {
    const file = join(root, folder, name);
    const check = spawnSync(process.execPath, ['--check', file]);
    if (check.status !== 0) problems.push(`${file}: ${check.stderr}`);
    if (folder === 'src' && /console\.log/.test(readFileSync(file, 'utf8')))
      problems.push(`${file}: console.log in a library`);
  }
}

for (const problem of problems) console.error(problem);
console.log(`${root}: ${problems.length} problems`);
process.exitCode = problems.length > 0 ? 1 : 0;
