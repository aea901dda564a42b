// Errors that the user can fix: printed as Nx prints them, without a stack trace; the
// process exits with 1.
class UserError extends Error {
  constructor(title, ...lines) {
    super(title);
    this.lines = lines;
  }
}

async function endOnError(work) {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    printError(error);
    process.exit(1);
  }
}

function printError({ message, lines = [] }) {
  const body = lines.length > 0 ? `\n${lines.join('\n')}\n` : '';
  console.error(`\n NX   ${message}\n${body}`);
}

module.exports = { UserError, endOnError, printError };
