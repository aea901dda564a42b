// Refuses settings that request hosted agents: only self-hosted ones can be rehearsed.
const { UserError } = require('./errors');

function refuseHostedAgents(distribution, where) {
  if (distribution === undefined || distribution === 'manual') return;
  throw new UserError(
    `${where}: distribute-on is ${JSON.stringify(distribution)}, which requests Nx Cloud's own machines; a rehearsal supports only "manual".`,
  );
}

module.exports = { refuseHostedAgents };
