// An agent starts this script instead of `nx`. The script runs `nx` in its own process,
// shares Nx's cache, and kills the process group when the agent ends or is killed.
// The agent has the other end of the pipe, which the system closes when the agent ends.
const { Socket } = require('net');

const agent = new Socket({ fd: 3 });
agent.on('close', () => process.kill(-process.pid, 'SIGKILL'));
agent.on('error', () => {});
agent.resume();
agent.unref();

const { isOlderNx, shareCache } = require('./older-nx');
if (isOlderNx()) shareCache();

process.argv.splice(1, 1);
require(process.argv[1]);
