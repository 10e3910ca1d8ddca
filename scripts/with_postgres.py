"""Run a command with DATABASE_URL pointing to a PostgreSQL that lives as long as the command does.

    .venv/bin/python scripts/with_postgres.py [--durable] .venv/bin/python -m pytest tests/ledger

With --durable the server waits for the disk at each commit, as one that people rely on; without, it is in a hurry.
The command's exit status is given back. Ctrl-C, SIGTERM and SIGHUP end the command first, then the server.
"""

import os
import signal
import subprocess
import sys
from types import FrameType

import postgres

SECONDS_TO_END = 10


def _leave(signal_number: int, _frame: FrameType | None) -> None:
    sys.exit(128 + signal_number)


def run(command: list[str], options: str) -> int:
    """Run the command to its end and return its status; if we are told to leave meanwhile, it leaves first."""
    with postgres.temporary_server(options) as database_url:
        process = subprocess.Popen(command, env={**os.environ, "DATABASE_URL": database_url})
        try:
            return process.wait()
        finally:
            if process.poll() is None:
                process.terminate()
                try:
                    process.wait(SECONDS_TO_END)
                except subprocess.TimeoutExpired:
                    process.kill()


if __name__ == "__main__":
    for number in (signal.SIGTERM, signal.SIGHUP, signal.SIGINT):
        signal.signal(number, _leave)
    is_durable = sys.argv[1:2] == ["--durable"]
    command = sys.argv[2 if is_durable else 1 :]
    if not command:
        sys.exit(__doc__)
    sys.exit(run(command, postgres.DURABLE if is_durable else postgres.HASTY))
