// Sends JSON requests to the stand-in, and repeats a failed request as the real client
// does: ten times in CI, unless the token was refused.
const { UserError } = require('./errors');
const { accessToken, apiUrl, numberOfRetries } = require('./settings');
const { pauseBeforeRetry } = require('./timing');

const REFUSED = [401, 403];
const REQUEST_MS = 10000;

async function post(path, message, retries = numberOfRetries()) {
  for (let number = 1; ; number++) {
    const { answer, failure } = await tryToPost(path, message);
    if (!failure) return answer;
    if (REFUSED.includes(failure.code) || number > retries)
      throw describe(failure);
    await pauseBeforeRetry(number);
  }
}

async function tryToPost(path, message) {
  try {
    const response = await fetch(apiUrl() + path, {
      method: 'POST',
      headers: {
        authorization: `Bearer ${accessToken()}`,
        'content-type': 'application/json',
      },
      body: JSON.stringify(message),
      signal: AbortSignal.timeout(REQUEST_MS),
    });
    if (response.ok) return { answer: await response.json() };
    const text = await response.text();
    return { failure: { code: response.status, text } };
  } catch (error) {
    const cause = error.cause ?? error;
    return { failure: { code: cause.code ?? cause.name, text: cause.message } };
  }
}

class ConnectionError extends UserError {}

function describe({ code, text }) {
  const title = `Error when connecting to Nx Cloud. Code: ${code}. Error: ${text}`;
  return code === 401 && !text.includes('disabled')
    ? new ConnectionError(title, 'Check NX_CLOUD_ACCESS_TOKEN.')
    : new ConnectionError(title);
}

module.exports = { ConnectionError, post };
