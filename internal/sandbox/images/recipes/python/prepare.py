"""Gives Debian's Python the conventions of the official image."""

import importlib.metadata
import os
import pathlib
import shutil
import subprocess
import sys

# pip may install beside Debian's packages, as it may in the official image.
VERSION = f"{sys.version_info.major}.{sys.version_info.minor}"
STDLIB = pathlib.Path(f"/usr/lib/python{VERSION}")
(STDLIB / "EXTERNALLY-MANAGED").unlink(missing_ok=True)

# Dockerfiles copy site-packages from one stage to the next; Debian calls it dist-packages.
LOCAL = pathlib.Path(f"/usr/local/lib/python{VERSION}")
(LOCAL / "dist-packages").mkdir(parents=True, exist_ok=True)
if not (LOCAL / "site-packages").exists():
    (LOCAL / "site-packages").symlink_to("dist-packages")
for name, target in {"python": "python3", "python3": "python3", f"python{VERSION}": "python3", "pip": "pip3", "pip3": "pip3"}.items():
    link = pathlib.Path("/usr/local/bin") / name
    if not link.exists():
        link.symlink_to(pathlib.Path("/usr/bin") / target)

# A virtual environment sees the packages of this image, or it would be empty
# where no package index can be reached.
venv = STDLIB / "venv" / "__init__.py"
text = venv.read_text()
changed = text.replace("system_site_packages=False", "system_site_packages=True")
changed = changed.replace("'--system-site-packages', default=False", "'--system-site-packages', default=True")
if changed == text:
    sys.exit("venv has changed: no default for system_site_packages found")
venv.write_text(changed)
shutil.rmtree(STDLIB / "venv" / "__pycache__", ignore_errors=True)
subprocess.run([sys.executable, "-m", "compileall", "-q", str(STDLIB / "venv")], check=True)

# The same code under the names of its binary distributions, and the command of FastAPI.
PACKAGES = pathlib.Path("/usr/lib/python3/dist-packages")


def declare(name, version, summary, *more):
    folder = PACKAGES / f"{name.replace('-', '_')}-{version}.dist-info"
    folder.mkdir(exist_ok=True)
    lines = ["Metadata-Version: 2.1", f"Name: {name}", f"Version: {version}", f"Summary: {summary}", *more]
    (folder / "METADATA").write_text("\n".join(lines) + "\n")
    (folder / "INSTALLER").write_text("takehome\n")


for alias, real in {"psycopg2-binary": "psycopg2", "psycopg-binary": "psycopg", "psycopg-c": "psycopg"}.items():
    try:
        importlib.metadata.version(alias)
    except importlib.metadata.PackageNotFoundError:
        declare(alias, importlib.metadata.version(real), f"served by Debian's {real}")
declare("fastapi-cli", "0.0.8", "a stand-in for the command of FastAPI", "Provides-Extra: standard")

# Debian's httptools is too old for uvicorn's extra "standard"; uvicorn does without it.
for metadata in PACKAGES.glob("uvicorn-*.dist-info/METADATA"):
    lines = metadata.read_text().splitlines(keepends=True)
    metadata.write_text("".join(line for line in lines if not line.startswith("Requires-Dist: httptools")))

# Without an index pip would try again for a quarter of a minute at every call.
asked = subprocess.run(
    [sys.executable, "-m", "pip", "index", "versions", "pip", "--retries", "0", "--timeout", "5"],
    stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False,
)
if asked.returncode != 0 and not os.path.exists("/etc/pip.conf"):
    pathlib.Path("/etc/pip.conf").write_text("[global]\nno-index = true\n")
