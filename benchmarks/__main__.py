"""`make bench`: runs every benchmark in this folder, one after the other."""

import runpy
from pathlib import Path


def main() -> None:
    """Run each `bench_*.py` under its own heading."""
    for path in sorted(Path(__file__).parent.glob("bench_*.py")):
        print(f"== {path.stem}", flush=True)
        runpy.run_module(f"benchmarks.{path.stem}", run_name="__main__")


if __name__ == "__main__":
    main()
