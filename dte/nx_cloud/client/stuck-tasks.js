// Warns of tasks that no connected agent may run: the assignment rules name a pool
// without agents, or all agents limit themselves to other targets. With Nx Cloud, main
// waits until its timeout, because a suitable agent may still connect.
const POLLS_BEFORE_A_WARNING = 5;

class StuckTasks {
  #polls = new Map();

  note(stuck) {
    const seen = new Set(stuck.map(({ task }) => task));
    for (const task of this.#polls.keys())
      if (!seen.has(task)) this.#polls.delete(task);
    for (const each of stuck) this.#count(each);
  }

  #count({ task, target, pools }) {
    const polls = (this.#polls.get(task) ?? 0) + 1;
    this.#polls.set(task, polls);
    if (polls !== POLLS_BEFORE_A_WARNING) return;
    const missing =
      pools.length > 0
        ? `of the pool ${pools.join(' or ')} (assignment rules)`
        : `for the target ${target} (start-agent --targets)`;
    console.error(
      `Nx Cloud (stand-in): ${task} waits, because no agent ${missing} is connected.`,
    );
  }
}

module.exports = { StuckTasks };
