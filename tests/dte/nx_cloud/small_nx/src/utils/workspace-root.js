exports.workspaceRoot = process.cwd();
