"""Configs that could make a compiler use too much time or memory."""

from __future__ import annotations

_JOB = "jobs: {a: {machine: true, steps: [STEPS]}}\nworkflows: {w: {jobs: [a]}}\n"


def _config(*parts: str, steps: str = "checkout") -> str:
    return "version: 2.1\n" + "\n".join(parts) + "\n" + _JOB.replace("STEPS", steps)


def nested_commands() -> str:
    """Return a billion steps: each command calls the previous one ten times."""
    lines = ["commands:", "  c0: {steps: [run: x]}"]
    for level in range(1, 10):
        calls = ", ".join([f"c{level - 1}"] * 10)
        lines.append(f"  c{level}: {{steps: [{calls}]}}")
    return _config(*lines, steps="c9")


def chained_commands() -> str:
    """Return three thousand commands, each of which calls the next."""
    lines = ["commands:", "  c0: {steps: [run: x]}"]
    lines += [f"  c{level}: {{steps: [c{level - 1}]}}" for level in range(1, 3000)]
    return _config(*lines, steps="c2999")


def doubling_parameters() -> str:
    """Return a string that doubles in each of forty commands."""
    declared = "parameters: {a: {type: string}}"
    twice = "<< parameters.a >><< parameters.a >>"
    lines = ["commands:", f"  c0: {{{declared}, steps: [run: << parameters.a >>]}}"]
    lines += [
        f"  c{level}: {{{declared}, steps: [c{level - 1}: {{a: {twice}}}]}}"
        for level in range(1, 40)
    ]
    return _config(*lines, steps="c39: {a: xxxxxxxx}")


def passed_steps() -> str:
    """Return twenty nested calls, each repeating its steps 30 times."""
    repeated = ", ".join(["steps: << parameters.s >>"] * 30)
    command = f"  c: {{parameters: {{s: {{type: steps}}}}, steps: [{repeated}]}}"
    steps = "[run: x]"
    for _ in range(20):
        steps = f"[c: {{s: {steps}}}]"
    return _config("commands:", command, steps=steps[1:-1])


def repeated_aliases() -> str:
    """Return ten billion values in ten lines."""
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 10):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    return _config(*lines)


def repeated_environment() -> str:
    """Return two hundred variables in each of eighty thousand steps."""
    pairs = ", ".join(f"A{number}: << pipeline.id >>" for number in range(200))
    step = "run: {command: x, environment: *e}"
    steps = ", ".join([step] * 400)
    return _config(
        f"e: &e {{{pairs}}}",
        f"commands: {{c: {{steps: [{steps}]}}}}",
        steps=", ".join(["c"] * 200),
    )


def repeated_text() -> str:
    """Return a megabyte of text in each of 128 jobs."""
    numbers = ", ".join(map(str, range(128)))
    text = "y" * 1_000_000
    return (
        "version: 2.1\njobs:\n  a:\n    parameters: {n: {type: integer}}\n"
        f"    machine: true\n    steps: [run: '{text} << parameters.n >>']\n"
        "workflows:\n  w:\n    jobs:\n"
        f"      - a: {{matrix: {{parameters: {{n: [{numbers}]}}}}}}\n"
    )


def base_60_number() -> str:
    """Return a number in base 60 with 200,000 digits, as the parallelism."""
    number = "1" + ":59" * 200_000
    return _config().replace("machine: true", f"machine: true, parallelism: {number}")


def long_number() -> str:
    """Return a number with 100,000 digits, as the parallelism."""
    number = "9" * 100_000
    return _config().replace("machine: true", f"machine: true, parallelism: {number}")


def nested_sections() -> str:
    """Return forty thousand sections inside each other."""
    return _config(steps="run: '" + "<<#pipeline.id>>" * 40_000 + "'")


def unclosed_tags() -> str:
    """Return two hundred thousand tags that open and never close."""
    return _config(steps="run: '" + "<<" * 200_000 + "'")


def long_expression() -> str:
    """Return an expression with a hundred thousand operands."""
    operands = " and ".join(["pipeline.id"] * 100_000)
    return _config().replace("{jobs: [a]}", f"{{when: '{operands}', jobs: [a]}}")


def long_circle() -> str:
    """Return 1,500 jobs whose `requires` form one cycle."""
    calls = ", ".join(
        f"a: {{name: n{number}, requires: [n{(number + 1) % 1500}]}}"
        for number in range(1500)
    )
    return _config().replace("jobs: [a]", f"jobs: [{calls}]")


def many_values() -> str:
    """Return four million values in one list."""
    return _config("x: [" + "a," * 3_900_000 + "]")


def same_job() -> str:
    """Return 49,000 calls of one job."""
    return _config().replace("jobs: [a]", f"jobs: [{'a, ' * 49_000}]")


def approvals() -> str:
    """Return thirty thousand approval jobs."""
    calls = "hold: {type: approval}, " * 30_000
    return _config().replace("jobs: [a]", f"jobs: [{calls}]")


def similar_names() -> str:
    """Return a thousand jobs with long names, and fifty calls of misspelled names."""
    names = [f"{number:b}".zfill(200) for number in range(1050)]
    jobs = ", ".join(
        f"j{name}: {{machine: true, steps: [checkout]}}" for name in names[50:]
    )
    calls = ", ".join(f"x{name}" for name in names[:50])
    return f"version: 2.1\njobs: {{{jobs}}}\nworkflows: {{w: {{jobs: [{calls}]}}}}\n"


def many_matrices() -> str:
    """Return sixty matrices of 961 jobs each."""
    axes = ", ".join(f"{axis}: [{', '.join(map(str, range(31)))}]" for axis in "mn")
    call = f"a: {{matrix: {{parameters: {{{axes}}}}}}}"
    return _with_integers(", ".join([call] * 60))


def long_exclude() -> str:
    """Return a matrix of 961 jobs that excludes 20,000 combinations which it lacks."""
    axes = ", ".join(f"{axis}: [{', '.join(map(str, range(31)))}]" for axis in "mn")
    excluded = ", ".join(f"{{m: {900 + number}, n: 1}}" for number in range(20_000))
    call = f"a: {{matrix: {{parameters: {{{axes}}}, exclude: [{excluded}]}}}}"
    return _with_integers(call)


def _with_integers(calls: str) -> str:
    declared = "parameters: {m: {type: integer}, n: {type: integer}}, machine"
    return (
        _config().replace("machine", declared).replace("jobs: [a]", f"jobs: [{calls}]")
    )


def many_filters() -> str:
    """Return twenty thousand jobs with a filter each."""
    calls = ", ".join(
        f"a: {{name: n{number}, filters: {{branches: {{only: b{number}}}}}}}"
        for number in range(20_000)
    )
    return _config().replace("jobs: [a]", f"jobs: [{calls}]")


def many_requirements() -> str:
    """Return a thousand jobs that require a hundred others each."""
    calls = ", ".join(
        f"a: {{name: n{number}, requires: "
        f"[{', '.join(f'n{other}' for other in range(max(0, number - 100), number))}]}}"
        for number in range(1000)
    )
    return _config().replace("jobs: [a]", f"jobs: [{calls}]")


def many_parameters() -> str:
    """Return a command with 2,000 parameters that is called 20,000 times."""
    declared = ", ".join(
        f"p{number}: {{type: string, default: x}}" for number in range(2000)
    )
    command = f"  c: {{parameters: {{{declared}}}, steps: [run: << parameters.p1 >>]}}"
    return _config("commands:", command, steps="c, " * 20_000)


def unused_jobs() -> str:
    """Return thirty thousand jobs that nothing calls."""
    unused = "u{}: {{machine: true, steps: [checkout]}}, "
    jobs = "".join(unused.format(number) for number in range(30_000))
    return _config().replace("jobs: {", f"jobs: {{{jobs}")


def many_templates() -> str:
    """Return text with half a million expressions."""
    return _config(steps="run: '" + "<<pipeline.id>>" * 500_000 + "'")


def large_patterns() -> str:
    """Return three thousand patterns that RE2 has to expand."""
    calls = ", ".join(
        f"a: {{name: n{number}, filters: {{tags: {{only: '/{number}(a{{900}})/'}}}}}}"
        for number in range(3000)
    )
    return _config().replace("jobs: [a]", f"jobs: [{calls}]")


ALL = (
    nested_commands,
    chained_commands,
    doubling_parameters,
    passed_steps,
    repeated_aliases,
    repeated_environment,
    repeated_text,
    base_60_number,
    long_number,
    nested_sections,
    unclosed_tags,
    long_expression,
    long_circle,
    many_values,
    same_job,
    approvals,
    similar_names,
    many_matrices,
    long_exclude,
    many_filters,
    many_requirements,
    many_parameters,
    unused_jobs,
    many_templates,
    large_patterns,
)
