// Reads `.nx/ci-config.yaml` ("CI Configuration File" in Nx's docs). Every command of
// main reads the file, so the settings don't depend on which command is first.
const { existsSync, readFileSync } = require('fs');
const { join } = require('path');
const { readRules, readRuleFile } = require('./assignment-rules');
const { refuseHostedAgents } = require('./distribution');
const { UserError } = require('./errors');
const { requireFromNx, workspaceRoot } = require('./nx');
const { executionEnvironment } = require('./settings');

function findConfig() {
  return ['ci-config.yaml', 'ci-config.yml']
    .map((name) => join(workspaceRoot(), '.nx', name))
    .find((file) => existsSync(file));
}

// Returns the settings in the file, or {} (Nx's defaults) without a file.
function readConfig() {
  const file = findConfig();
  if (!file) return {};
  const { lifecycle = {}, dte = {} } = readSections(file);
  refuseHostedAgents(dte['distribute-on'], file);
  return {
    stopAfter: [lifecycle['stop-after'] ?? []].flat(),
    heartbeat: lifecycle.heartbeat ?? true,
    failAfter: readFailAfter(lifecycle['fail-after'] ?? 1, file),
    rules: readConfiguredRules(dte['assignment-rules'], file),
  };
}

function readSections(file) {
  const config = parse(file) ?? {};
  const override = config.overrides?.[executionEnvironment()] ?? {};
  const merge = (name) => ({ ...config[name], ...override[name] });
  return { lifecycle: merge('lifecycle'), dte: merge('dte') };
}

function parse(file) {
  try {
    return requireFromNx('yaml').parse(readFileSync(file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: ${error.message}`);
  }
}

function readFailAfter(value, file) {
  if (!Number.isInteger(value) || value < 0)
    throw new UserError(`${file}: fail-after is ${value}, not a whole number.`);
  return value;
}

function readConfiguredRules(rules, file) {
  if (rules === undefined || rules === null) return [];
  return typeof rules === 'string'
    ? readRuleFile(join(workspaceRoot(), rules))
    : readRules(rules, file);
}

module.exports = { findConfig, readConfig };
