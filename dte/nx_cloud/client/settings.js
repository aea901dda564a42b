// Reads the environment variables of Nx's "Environment Variables" page.
const { UserError } = require('./errors');

const HOUR = 3600000;
const env = process.env;

function apiUrl() {
  return (env.NX_CLOUD_API || '').replace(/\/+$/, '');
}

function accessToken() {
  return env.NX_CLOUD_AUTH_TOKEN || env.NX_CLOUD_ACCESS_TOKEN || '';
}

// Returns the id of the CI pipeline execution, or '' if this is not a CI job.
function findRunId() {
  const id =
    env.NX_CI_EXECUTION_ID || env.NX_RUN_GROUP || env.CIRCLE_WORKFLOW_ID;
  if (!id) return '';
  return env.NX_CI_EXECUTION_ENV ? `${id}-${env.NX_CI_EXECUTION_ENV}` : id;
}

function requireRunId() {
  const id = findRunId();
  if (!id)
    throw new UserError(
      'Unable to determine the context for running Nx in CI',
      'Set NX_CI_EXECUTION_ID to a value that is unique for every CI run.',
    );
  return id;
}

function agentName() {
  const name = env.NX_AGENT_NAME || env.CIRCLE_STAGE || env.CIRCLE_JOB;
  return name || `Agent ${Math.floor(Math.random() * 100000)}`;
}

function milliseconds(variable) {
  const value = env[variable] ? Number(env[variable]) : HOUR;
  if (!(value > 0))
    throw new UserError(
      `${variable}=${env[variable]} is not a number of milliseconds.`,
    );
  return value;
}

function isCi() {
  return env.CI === 'true' || env.CIRCLECI === 'true';
}

function numberOfRetries() {
  const text = env.NX_CLOUD_NUMBER_OF_RETRIES;
  if (!text) return isCi() ? 10 : 1;
  if (!(Number(text) >= 0))
    throw new UserError(`NX_CLOUD_NUMBER_OF_RETRIES=${text} is not a number.`);
  return Number(text);
}

module.exports = {
  accessToken,
  agentName,
  agentPool: () => env.NX_AGENT_LAUNCH_TEMPLATE || '',
  agentTimeout: () => milliseconds('NX_CLOUD_AGENT_TIMEOUT_MS'),
  apiUrl,
  executionEnvironment: () => env.NX_CI_EXECUTION_ENV || '',
  findRunId,
  isRecordingSilent: () => env.NX_CLOUD_SILENT_RECORD === 'true',
  numberOfRetries,
  orchestratorTimeout: () => milliseconds('NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS'),
  requireRunId,
};
