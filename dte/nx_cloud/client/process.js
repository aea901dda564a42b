// Runs a process in its own group, shows its output, and keeps the end of the output.
// The group is killed when its leader ends, or when this process ends for any reason.
const { spawn } = require('child_process');
const { UserError } = require('./errors');

const KEPT_CHARACTERS = 200000;
const running = new Set();

function runProcess(file, args, environment) {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, {
      detached: true,
      env: { ...process.env, ...environment },
      // The fourth pipe is for a child that watches this process: see follow-parent.js.
      stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    });
    let output = '';
    const keep = (chunk) => {
      output = (output + chunk).slice(-KEPT_CHARACTERS);
    };
    forward(child.stdout, process.stdout, keep);
    forward(child.stderr, process.stderr, keep);
    child.on('error', (error) => reject(new UserError(error.message)));
    child.on('spawn', () => running.add(child));
    child.on('exit', () => end(child));
    child.on('close', (code, signal) =>
      resolve({ exitCode: code ?? signalCode(signal), output, signal }),
    );
  });
}

function forward(from, to, keep) {
  from.setEncoding('utf8');
  from.on('data', (chunk) => {
    to.write(chunk);
    keep(chunk);
  });
}

function end(child) {
  running.delete(child);
  child.stdio[3].destroy();
  try {
    process.kill(-child.pid, 'SIGKILL');
  } catch (error) {
    // Usually no process of the group is left.
    if (error.code !== 'ESRCH') throw error;
  }
}

// Ends a process whose result is no longer needed.
function abandon(child) {
  child.removeAllListeners('close');
  end(child);
}

// On a signal, ends the children, then does `lastWork`, which returns the exit code,
// and exits. If `lastWork` fails, it exits with 1.
function endOnSignal(signals, lastWork) {
  for (const signal of signals) {
    process.on(signal, async () => {
      running.forEach(abandon);
      process.exit(await lastWork(signal).catch(() => 1));
    });
  }
}

// Nx itself uses these codes: it does not distinguish other signals, such as SIGKILL.
const signalCode = (signal) =>
  128 + ({ SIGHUP: 1, SIGINT: 2, SIGTERM: 15 }[signal] ?? 0);

process.on('exit', () => running.forEach(end));

module.exports = { endOnSignal, runProcess, signalCode };
