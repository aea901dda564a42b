// The target of the task says what `nx run <project>:<target>` does:
//   pass, fail   print a line and report exit code 0 or 1
//   crash        end without a report, as Nx does when it can't read the workspace
//   sleep        start a child that sleeps, write its id to `sleeper`, and wait
const { spawn } = require('child_process');
const { writeFileSync } = require('fs');
const { join } = require('path');

const cache = process.env.NX_CACHE_DIRECTORY;
const id = process.argv[3];
const target = id.split(':')[1];

function report(status) {
  const startTime = new Date(1000).toISOString();
  const endTime = new Date(3000).toISOString();
  const hash = `hash-of-${id}`;
  const cacheStatus = 'cache-miss';
  const tasks = [{ taskId: id, hash, startTime, endTime, cacheStatus, status }];
  writeFileSync(join(cache, 'run.json'), JSON.stringify({ tasks }));
}

console.log(`${id} ${process.argv.slice(4).join(' ')}`);
if (target === 'crash') process.exit(3);
if (target === 'sleep') {
  const sleeper = spawn('sleep', ['60'], { stdio: 'inherit' });
  writeFileSync('sleeper', String(sleeper.pid));
} else {
  report(target === 'fail' ? 1 : 0);
}
