// Runs a command of the client as `nx-cloud` does (nx 24.0.6, nx-cloud/utilities).
const client = require(process.env.CLIENT_FOLDER);

client.configureLightClientRequire()([`${process.cwd()}/node_modules`]);
client.commands[process.argv[2]]().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
