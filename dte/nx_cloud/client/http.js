// Sends JSON requests to the stand-in, and retries while it is unreachable.
const { setTimeout: sleep } = require('timers/promises');
const { UserError } = require('./errors');
const { accessToken, apiUrl } = require('./settings');

const TRIES = 5;

async function post(path, message) {
  const response = await send(path, message);
  if (response.ok) return response.json();
  const text = await response.text();
  if (response.status === 401)
    throw new UserError(
      `${apiUrl()} refused the access token (401). Check NX_CLOUD_ACCESS_TOKEN.`,
    );
  throw new UserError(`${text} (${response.status} from ${apiUrl()}${path})`);
}

async function send(path, message) {
  for (let attempt = 1; ; attempt++) {
    try {
      return await fetch(apiUrl() + path, {
        method: 'POST',
        headers: {
          authorization: `Bearer ${accessToken()}`,
          'content-type': 'application/json',
        },
        body: JSON.stringify(message),
      });
    } catch (error) {
      if (attempt === TRIES) throw unreachable(error);
      await sleep(200 * attempt);
    }
  }
}

function unreachable(error) {
  const reason = error.cause?.code ?? error.cause?.message ?? error.message;
  return new UserError(`${apiUrl()} can't be reached: ${reason}`);
}

module.exports = { post };
