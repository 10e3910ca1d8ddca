"""Make .venv hold exactly what the lock files say, and find a browser. Standard library only.

    python3 scripts/bootstrap.py runtime           what `make run` needs
    python3 scripts/bootstrap.py dev [--browser]   what `make test` needs

Safe to interrupt: the stamp that says "done" is removed first and written last. When nothing is to be done it takes
a fraction of a second. Two runs at once wait for each other.
"""

import fcntl
import hashlib
import os
import shutil
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import chromium

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
PYTHON = VENV / "bin" / "python"
UV = VENV / "bin" / "uv"
LOCKS = ROOT / "requirements"
STAMP = VENV / "installed"
STARTED_AT = time.monotonic()


def say(text: str) -> None:
    print(f"[{time.monotonic() - STARTED_AT:5.1f} s] {text}", flush=True)


def succeeds(*command: str | Path) -> bool:
    """Whether a command exists, runs and ends well."""
    try:
        return subprocess.run(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, check=False).returncode == 0
    except OSError:
        return False


def apt_install(*packages: str) -> bool:
    """Install Debian packages as root, or through a sudo that asks nothing. False when that cannot be."""
    sudo = [] if os.geteuid() == 0 else ["sudo", "-n"]
    if not shutil.which("apt-get") or (sudo and not succeeds(*sudo, "true")):
        return False
    environment = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for step in (["update", "-q"], ["install", "-y", "-q", "--no-install-recommends", *packages]):
        done = subprocess.run([*sudo, "apt-get", *step], env=environment, stdout=subprocess.DEVNULL, check=False)
        if done.returncode:
            return False
    return True


def fingerprint(kind: str) -> str:
    """What the environment depends on: the locks, the Python that made it, and where it lies (scripts carry its path)."""
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    parts = [(LOCKS / f"{kind}.txt").read_bytes(), (LOCKS / "uv.txt").read_bytes(), version.encode(), str(VENV).encode()]
    return hashlib.sha256(b"\0".join(parts)).hexdigest()


def is_up_to_date(kind: str) -> bool:
    """The development lock contains the runtime one, so either serves to run the application."""
    if not PYTHON.exists() or not STAMP.exists():
        return False
    accepted = {fingerprint(lock) for lock in {kind, "dev"}}
    return STAMP.read_text() in accepted


def create_venv() -> None:
    """A virtual environment whose pip works; whatever half of one an interruption left is thrown away."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    if (VENV / "lib" / version).is_dir() and succeeds(PYTHON, "-m", "pip", "--version"):
        return
    say("création de l’environnement Python…")
    for attempt in ("as it is", "after apt"):
        shutil.rmtree(VENV, ignore_errors=True)
        if succeeds(sys.executable, "-m", "venv", VENV):
            return
        # Debian ships Python without ensurepip.
        if attempt == "as it is" and not apt_install(f"{version}-venv"):
            break
    sys.exit(f"Il manque le module venv de Python\u00a0: installez le paquet {version}-venv (ou python3-venv), puis relancez.")


def install(kind: str) -> None:
    """Install the lock with uv, or with plain pip where uv cannot run; hashes are required either way."""
    STAMP.unlink(missing_ok=True)
    say("installation des dépendances…")
    lock, uv_lock = LOCKS / f"{kind}.txt", LOCKS / "uv.txt"
    pip_install: list[str | Path] = [PYTHON, "-m", "pip", "install", "-q", "--disable-pip-version-check", "--require-hashes", "-r"]
    has_uv = os.environ.get("NO_UV") != "1" and subprocess.run([*pip_install, uv_lock], check=False).returncode == 0
    sync: list[str | Path] = [UV, "pip", "sync", "-q", "--python", PYTHON, "--require-hashes", uv_lock, lock]
    if not (has_uv and subprocess.run(sync, check=False).returncode == 0):
        say("uv n’a pas abouti\u00a0: installation par pip…")
        if subprocess.run([*pip_install, lock], check=False).returncode:
            sys.exit(
                "Les dépendances n’ont pas pu être installées (message de pip ci-dessus)\u00a0: la connexion à Internet, peut-être\u202f? Relancez\u00a0: ce qui est fait reste fait."
            )
    write_stamp(fingerprint(kind))
    say("dépendances installées")


def write_stamp(text: str) -> None:
    temporary = STAMP.with_suffix(".part")
    temporary.write_text(text)
    temporary.replace(STAMP)


def find_browser() -> None:
    """Chromium for the journeys. Without it: an error where CI=true, else a notice that nobody can overlook."""
    missing = chromium.missing_packages()
    if missing:
        say(f"installation du navigateur des parcours ({', '.join(missing)})…")
        apt_install(*missing)
        missing = chromium.missing_packages()
    if not missing:
        return
    how = f"installez {' '.join(missing)} (ou indiquez CHROMIUM=/chemin/du/navigateur)"
    if os.environ.get("CI") == "true":
        sys.exit(f"Les parcours dans le navigateur ne peuvent pas tourner\u00a0: {how}.")
    say(f"⚠ LES PARCOURS DANS LE NAVIGATEUR NE SERONT PAS EXÉCUTÉS : {how}.")


def main(arguments: list[str]) -> None:
    kind = "dev" if "dev" in arguments else "runtime"
    if not is_up_to_date(kind):
        lock = os.open(LOCKS, os.O_RDONLY)
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not is_up_to_date(kind):
            create_venv()
            install(kind)
        os.close(lock)
    if "--browser" in arguments:
        find_browser()


if __name__ == "__main__":
    with suppress(KeyboardInterrupt):
        main(sys.argv[1:])
        sys.exit(0)
    sys.exit("Interrompu. Relancez la même commande\u00a0: elle reprend où elle en était.")
