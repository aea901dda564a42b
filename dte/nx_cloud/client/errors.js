// Errors that the user can fix: printed without a stack trace; the process exits
// with 1.
class UserError extends Error {}

async function endOnError(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    console.error(`\nNX CLOUD  ${error.message}\n`);
    process.exit(1);
  }
}

module.exports = { UserError, endOnError };
