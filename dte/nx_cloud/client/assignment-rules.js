// Reads assignment rules ("Assignment Rules" in Nx's docs). A rule's limit on parallel
// tasks is ignored, because an agent here runs one task at a time.
const { readFileSync } = require('fs');
const { UserError } = require('./errors');
const { requireFromNx } = require('./nx');

const PROPERTIES = ['projects', 'targets', 'configurations'];

// Returns the rules in the file that `--assignment-rules` names.
function readRuleFile(file) {
  const { 'assignment-rules': rules } = readYaml(file) ?? {};
  return readRules(rules, file);
}

function readRules(rules, file) {
  if (!Array.isArray(rules))
    throw new UserError(`${file} has no list assignment-rules.`);
  return rules.map((rule, index) => readRule(rule ?? {}, index + 1, file));
}

function readYaml(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw new UserError(`--assignment-rules: ${error.message}`);
  }
  try {
    return requireFromNx('yaml').parse(text);
  } catch (error) {
    throw new UserError(`${file}: ${error.message}`);
  }
}

function readRule(rule, number, file) {
  const read = { pools: readPools(rule['run-on']) };
  for (const name of PROPERTIES) read[name] = [rule[name] ?? []].flat();
  const says = PROPERTIES.some((name) => read[name].length > 0);
  if (!says || read.pools.length === 0)
    throw new UserError(
      `${file}: rule ${number} needs run-on with an agent, and one of ${PROPERTIES.join(', ')}.`,
    );
  return read;
}

function readPools(runOn) {
  return [runOn ?? []].flat().flatMap((each) => each?.agent ?? []);
}

module.exports = { readRuleFile, readRules };
