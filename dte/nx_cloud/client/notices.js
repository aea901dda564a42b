// Commands that have no effect without the real Nx Cloud.
async function fixCi() {
  console.log('Nx Cloud (stand-in): fix-ci does nothing in a rehearsal');
}

async function uploadAgentMetrics() {
  console.log('Nx Cloud (stand-in): there are no agent metrics in a rehearsal');
}

module.exports = { fixCi, uploadAgentMetrics };
