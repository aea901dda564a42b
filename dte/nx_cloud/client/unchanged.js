// Ends a wait if a value has not changed for too long. As in the real client, it checks
// this only at a poll.
const { UserError } = require('./errors');

function limitUnchanged(timeout, title) {
  let value;
  let since;
  return (current) => {
    if (since === undefined || current !== value) {
      value = current;
      since = Date.now();
    } else if (Date.now() - since > timeout) {
      throw new UserError(title(timeout / 1000));
    }
  };
}

module.exports = { limitUnchanged };
