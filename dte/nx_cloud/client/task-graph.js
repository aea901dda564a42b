// Turns a command's task graph into the tasks that the stand-in hands out.
//
// A continuous task, such as a server, never ends by itself. The agent's own nx starts
// it together with the task that needs it, and ends it after that task. So the stand-in
// does not hand it out, and its dependencies become dependencies of the task that needs
// it.
const { UserError } = require('./errors');

function splitTasks(tasks, graph) {
  const continuous = tasks.filter((task) => task.continuous);
  const finite = tasks.filter((task) => !task.continuous);
  const started = new Set(finite.flatMap((task) => [...serversOf(task.id, graph)]));
  const alone = continuous.find((task) => !started.has(task.id));
  if (alone)
    throw new UserError(
      `${alone.id} is a continuous task that no other task needs, so it would never end.`,
    );
  return { continuous, finite: finite.map((task) => describe(task, graph)) };
}

function describe(task, graph) {
  const { project, target, configuration = '' } = task.target;
  const sources = [task.id, ...serversOf(task.id, graph)];
  const needs = sources.flatMap((id) => dependenciesOf(id, graph));
  return {
    id: task.id,
    hash: task.hash ?? '',
    needs: [...new Set(needs)].filter((id) => !graph.tasks[id].continuous),
    args: task.overrides.__overrides_unparsed__ ?? [],
    project,
    target,
    configuration,
  };
}

// Returns the continuous tasks that a task needs, directly or not.
function serversOf(id, graph, found = new Set()) {
  const needed = [
    ...idsOf(graph.continuousDependencies?.[id]),
    ...dependenciesOf(id, graph).filter((each) => graph.tasks[each].continuous),
  ];
  for (const server of needed) {
    if (found.has(server)) continue;
    found.add(server);
    serversOf(server, graph, found);
  }
  return found;
}

const dependenciesOf = (id, graph) => idsOf(graph.dependencies[id]);

// Since Nx 24, edges are objects with an id; before, they are plain ids.
const idsOf = (edges) => (edges ?? []).map((edge) => edge.id ?? edge);

module.exports = { splitTasks };
