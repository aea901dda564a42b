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

// The CI pipeline execution, or '' when this is not a CI job.
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
      'The id of the CI pipeline execution is unknown: set NX_CI_EXECUTION_ID.',
    );
  return id;
}

function requireAgentName() {
  const name = env.NX_AGENT_NAME || env.CIRCLE_JOB;
  if (!name) throw new UserError('The agent has no name: set NX_AGENT_NAME.');
  return name;
}

function milliseconds(variable) {
  const value = env[variable] ? Number(env[variable]) : HOUR;
  if (!(value > 0))
    throw new UserError(
      `${variable}=${env[variable]} is not a number of milliseconds.`,
    );
  return value;
}

module.exports = {
  accessToken,
  agentPool: () => env.NX_AGENT_LAUNCH_TEMPLATE || '',
  agentTimeout: () => milliseconds('NX_CLOUD_AGENT_TIMEOUT_MS'),
  apiUrl,
  findRunId,
  orchestratorTimeout: () => milliseconds('NX_CLOUD_ORCHESTRATOR_TIMEOUT_MS'),
  requireAgentName,
  requireRunId,
};
