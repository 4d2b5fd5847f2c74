"""Installs other people's clients of AWS for the edge's tests. Usage: install.py FOLDER

Each goes into a folder of its own below FOLDER, anew when what is pinned here changed. One process installs at a time.
"""

import fcntl
import os
import shutil
import subprocess
import sys

HERE = os.path.dirname(os.path.abspath(__file__))


def python(folder, requirements):
    subprocess.run([sys.executable, "-m", "venv", "--clear", folder], check=True)
    install = ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "--requirement", requirements]
    subprocess.run([os.path.join(folder, "bin", "python3")] + install, check=True)


def node(folder, package):
    shutil.rmtree(folder, ignore_errors=True)
    os.makedirs(folder)
    shutil.copy(package, folder)
    npm = shutil.which("npm")
    if npm is None:
        sys.exit("npm is missing; hint: install nodejs and npm")
    subprocess.run([npm, "install", "--silent", "--no-audit", "--no-fund"], cwd=folder, check=True)


def main():
    target = sys.argv[1]
    os.makedirs(target, exist_ok=True)
    with open(os.path.join(target, "lock"), "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        for name, pinned, install in (
            ("sam", "sam.txt", python),
            ("tools", "tools.txt", python),
            ("s5cmd", "s5cmd.txt", python),
            ("minio", "minio.txt", python),
            ("serverless", "package.json", node),
            ("javascript", "javascript/package.json", node),
        ):
            pinned = os.path.join(HERE, pinned)
            folder = os.path.join(target, name)
            # Written last: an interrupted installation is not taken for a finished one.
            marker = os.path.join(folder, "nano-pinned")
            with open(pinned) as file:
                wanted = file.read()
            try:
                with open(marker) as file:
                    if file.read() == wanted:
                        continue
            except FileNotFoundError:
                pass
            print("   missing: clients of the edge's tests (%s); installing them into %s" % (name, folder), file=sys.stderr)
            install(folder, pinned)
            with open(marker, "w") as file:
                file.write(wanted)


if __name__ == "__main__":
    main()
