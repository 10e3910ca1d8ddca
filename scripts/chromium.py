"""Where the browser of the journeys is, and what the machine lacks to run it. Standard library only."""

import os
import shutil
import subprocess
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
DEBIAN_PACKAGES = ["chromium-headless-shell", "fonts-dejavu-core"]
# Playwright's own driver needs it; without it the only message is "Connection closed while reading from the driver".
DRIVER_PACKAGE = "libatomic1"


def executable() -> str | None:
    """The path given in CHROMIUM, else the first Chromium found on this machine, else None."""
    known = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
    candidates = [os.environ.get("CHROMIUM"), *(shutil.which(name) for name in known)]
    return next((path for path in candidates if path and os.access(path, os.X_OK)), None)


def driver_starts() -> bool:
    """Whether the node binary shipped with playwright runs here."""
    drivers = list(ROOT.glob(".venv/lib/python*/site-packages/playwright/driver/node"))
    return bool(drivers) and subprocess.run([drivers[0], "--version"], capture_output=True, check=False).returncode == 0


def missing_packages() -> list[str]:
    """The Debian packages to install before the journeys can run; empty when they can."""
    browser = [] if executable() else DEBIAN_PACKAGES
    return browser + ([] if driver_starts() else [DRIVER_PACKAGE])
