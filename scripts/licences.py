"""Lists the licences of what Triage stands on in docs/licences.md, and fails on one that nobody has looked at.

Run by `make check` with `--check`, which changes nothing and fails as well when the list is not as the packages are.
"""

import json
import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
PAGE, LOCK, SHIPPED = ROOT / "docs/licences.md", ROOT / "requirements/dev.lock", ROOT / "requirements/worker.lock"
# Licences under which a package may be used beside ours (Apache-2.0), each under the names that packages give it.
PERMISSIVE = {
    *("MIT", "MIT License", "MIT-0", "MIT-CMU", "DFSG approved; MIT License", "MIT OR Apache-2.0", "MIT AND PSF-2.0"),
    *("BSD License", "BSD-2-Clause", "BSD-3-Clause", "3-Clause BSD License", "Apache Software License; BSD License"),
    *("Apache-2.0", "Apache 2.0", "Apache Software License", "Apache License 2.0", "Apache-2.0 OR BSD-3-Clause"),
    *("Apache-2.0 OR BSD-2-Clause", "Apache-2.0 AND BSD-2-Clause", "ISC License (ISCL)", "PSF-2.0"),
    *("Python Software Foundation License", "BSD-3-Clause AND 0BSD AND MIT AND Zlib AND CC0-1.0"),
    *("Apache Software License; MIT License", "0BSD OR CC0-1.0", "public domain, BSD-2-Clause and PSF-2.0"),
}
# Changes to these packages themselves would have to be published; we change none.
OF_THEIR_FILES = {"Mozilla Public License 2.0 (MPL 2.0)", "MPL-2.0", "LGPL-3.0-only", "MIT; carries axe-core, MPL-2.0"}
# Packages that do not say, or say more than is in what is installed; read in their source.
READ_BY_HAND = {
    "axe-playwright-python": "MIT; carries axe-core, MPL-2.0",
    "docutils": "public domain, BSD-2-Clause and PSF-2.0",
    "imapclient": "BSD-3-Clause",
    "kubernetes-validate": "Apache-2.0",
    "namex": "Apache-2.0",
}

HEAD = """# Licences

What `requirements/worker.lock` installs runs where Triage runs; the rest is for development. `scripts/licences.py`
writes this page from what the packages say of themselves, and `make check` fails on a licence that is not in its list.

| package | licence | for |
|---|---|---|
"""


def main() -> int:
    """Write the page, or with `--check` compare it; return 1 where something is amiss."""
    found = licences(names_in(LOCK))
    shipped = names_in(SHIPPED)
    wrong = [f"{name}: {licence}" for name, licence in found.items() if licence not in PERMISSIVE | OF_THEIR_FILES]
    if wrong:
        sys.stderr.write(f"nobody has looked at these licences: {'; '.join(wrong)}; read them and see {__file__}\n")
        return 1
    rows = {
        name: f"| {name} | {licence} | {'running' if name in shipped else 'development'} |\n"
        for name, licence in found.items()
    }
    if "--check" not in sys.argv:
        PAGE.write_text(HEAD + "".join(rows[name] for name in sorted(rows)))
        return 0
    # Of packages for other Pythons and systems nothing is known here.
    told = set(PAGE.read_text().splitlines(keepends=True))
    missing = [name for name, row in rows.items() if row not in told]
    if missing:
        sys.stderr.write(f"docs/licences.md is not true of {', '.join(missing)}; run python scripts/licences.py\n")
    return 1 if missing else 0


def names_in(lock: Path) -> set[str]:
    """Return the names of packages in a lock, as they are normalised (PEP 503)."""
    return {_normalised(name) for name in re.findall(r"(?m)^([A-Za-z0-9._-]+)==", lock.read_text())}


def licences(names: set[str]) -> dict[str, str]:
    """Return the licence of each of these packages that is installed here."""
    program = Path(sys.executable).parent / "pip-licenses"
    told = subprocess.run(
        [program, "--format=json", "--with-system", f"--python={sys.executable}"], check=True, capture_output=True
    )
    found = {_normalised(one["Name"]): one["License"] for one in json.loads(told.stdout)}
    return {name: READ_BY_HAND.get(name, found[name]) for name in sorted(names & found.keys())}


def _normalised(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


if __name__ == "__main__":
    sys.exit(main())
