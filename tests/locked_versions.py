"""Lock files of each package manager with a version of Nx."""

LOCK_FILES = {
    "package-lock.json": """{{
  "lockfileVersion": 3,
  "packages": {{
    "node_modules/lerna/node_modules/nx": {{ "version": "15.9.7" }},
    "node_modules/nx": {{
      "version": "{version}",
      "dev": true
    }}
  }}
}}
""",
    "npm-shrinkwrap.json": """{{
  "packages": {{ "node_modules/nx": {{ "version": "{version}" }} }}
}}
""",
    "pnpm-lock.yaml": """lockfileVersion: '9.0'

packages:

  nx@15.9.7:
    resolution: {{integrity: sha512-a}}

  nx@{version}:
    resolution: {{integrity: sha512-b}}
""",
    "yarn.lock": """# yarn lockfile v1

nx@15.9.7:
  version "15.9.7"

"nx@^{version}, nx@{version}":
  version "{version}"
""",
    "bun.lock": """{{
  "packages": {{
    "nx": ["nx@{version}", "", {{ "bin": {{ "nx": "bin/nx.js" }} }}, "sha512-a"],
    "lerna/nx": ["nx@15.9.7", "", {{}}, "sha512-b"],
  }}
}}
""",
}
"""Templates of lock files; most also have an older Nx that another package needs."""
