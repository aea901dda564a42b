// Reads a command's flags. An unknown flag is an error.
const { UserError } = require('./errors');

// `known` maps a flag to 'text' or 'flag'; both `--name=value` and `--name value`
// are accepted, as on Nx's own command line.
function parseOptions(words, known) {
  const options = {};
  for (let index = 0; index < words.length; index++) {
    const [, name, , value] = /^--([^=]+)(=(.*))?$/s.exec(words[index]) ?? [];
    const kind = known[name];
    if (!kind) throw new UserError(`Unknown argument: ${words[index]}`);
    if (kind === 'text') options[name] = value ?? words[++index];
    else options[name] = readFlag(name, value);
    if (options[name] === undefined)
      throw new UserError(`--${name} needs a value.`);
  }
  return options;
}

function readFlag(name, value = 'true') {
  if (value !== 'true' && value !== 'false')
    throw new UserError(`--${name} is true or false, not ${value}`);
  return value === 'true';
}

function splitList(text) {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

// The words after the command's name: `nx-cloud start-agent …` or `nx start-agent …`.
function commandWords() {
  return process.argv.slice(3);
}

module.exports = { commandWords, parseOptions, splitList };
