// Reads a command's flags. As in the real client, unknown words have no effect; unlike
// the real client, this one reports them.

// `known` maps a flag to 'text' or 'flag'; both `--name=value` and `--name value`
// are accepted, as on Nx's own command line.
function parseOptions(words, known) {
  const options = {};
  for (let index = 0; index < words.length; index++) {
    const [, name, , value] = /^--([^=]+)(=(.*))?$/s.exec(words[index]) ?? [];
    const kind = known[name];
    if (!kind) noteIgnored(words[index]);
    else if (kind === 'text') options[name] = value ?? words[++index] ?? '';
    else options[name] = (value ?? 'true') === 'true';
  }
  return options;
}

function noteIgnored(word) {
  console.error(
    `Nx Cloud (stand-in): the argument ${word} is unknown and has no effect.`,
  );
}

function splitList(text) {
  return text
    .split(',')
    .map((item) => item.trim())
    .filter(Boolean);
}

// Returns the words after the command's name: `nx-cloud start-agent …` or `nx
// start-agent …`.
function commandWords() {
  return process.argv.slice(3);
}

module.exports = { commandWords, parseOptions, splitList };
