"""The paths that the set-up uses, all inside the repository's folder."""

from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
LOCK = ROOT / "tools" / "requirements.txt"
ENVIRONMENT = ROOT / ".venv"
# Go, CircleCI's CLI, and bin/, which make puts on PATH.
TOOLS = ROOT / ".tools"
# Downloads and build caches; may be deleted at any time.
CACHE = ROOT / ".cache"
