// An agent's lock file: the agent's name is taken as long as the file exists. Two
// agents with the same name on two machines, or in two folders, don't see each other's
// lock file.
const {
  existsSync,
  mkdirSync,
  readdirSync,
  rmSync,
  writeFileSync,
} = require('fs');
const { join } = require('path');
const { UserError } = require('./errors');
const { requireNx } = require('./nx');

const lockFolder = () =>
  join(requireNx('utils/cache-directory').cacheDir, 'lockfiles');

// Takes the name until this process ends. After SIGKILL the file stays, and the next
// agent of this name in this folder fails.
function takeName(name) {
  if (name.includes('/'))
    throw new UserError(
      `The agent's name ${name} contains a slash.`,
      'The name of its lock file would be invalid: set NX_AGENT_NAME.',
    );
  mkdirSync(lockFolder(), { recursive: true });
  const file = join(lockFolder(), `${name}.lock`);
  if (existsSync(file))
    throw new UserError(
      'Duplicate Agent ID Detected',
      'We have detected another agent with this ID running in this workspace. This should not happen.',
      '',
      'End all currently running agents, run "npx nx-cloud clean-up-agents", and try again.',
    );
  if (readdirSync(lockFolder()).length > 0)
    console.error(
      '\n NX   Other Nx Cloud Agents Detected\n\nIf they did not shut down correctly, run "npx nx-cloud clean-up-agents".\n',
    );
  writeFileSync(file, '');
  process.on('exit', () => rmSync(file, { force: true }));
}

// The command `clean-up-agents`: removes all lock files.
async function cleanUpAgents() {
  rmSync(lockFolder(), { recursive: true, force: true });
}

module.exports = { cleanUpAgents, takeName };
