// The client only checks whether this version of Nx has this class.
exports.HttpRemoteCache = class {};
