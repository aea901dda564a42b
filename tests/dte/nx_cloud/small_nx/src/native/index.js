// The client asks only whether this version of Nx has it.
exports.HttpRemoteCache = class {};
