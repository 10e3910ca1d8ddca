"""One process of buyers who order at the same moment, each on a database connection of their own.

    .venv/bin/python scripts/buyers.py '{"distribution": 3, "product": 7, "way": "cash", "at": "2026-09-01T10:00:00+02:00", "members": [1, 2]}'

It says `ready` when everybody is connected, waits for a line, and answers with what became of each: `sold`, the code of a refusal, or an error.
The settings come from the environment, as for the server.
"""

import datetime as dt
import json
import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from threading import Barrier, Thread
from typing import Any
from uuid import uuid4

ROOT = Path(__file__).resolve().parent.parent
SOLD = "sold"


@dataclass(frozen=True)
class Bought:
    """What became of one order, and after how long."""

    outcome: str
    milliseconds: float


def rush(asked: dict[str, Any], members: Sequence[int], *, processes: int, environment: dict[str, str]) -> tuple[list[Bought], float]:
    """Let all these members order one piece at once, from so many processes; give what each got, and the seconds until the last was answered."""
    crowds = [_crowd({**asked, "members": members[rank::processes]}, environment) for rank in range(processes)]
    for crowd in crowds:
        if _line(crowd) != "ready":
            raise RuntimeError("a process of buyers could not connect")
    started = time.perf_counter()
    for crowd in crowds:
        print("go", file=crowd.stdin, flush=True)
    answers = [_line(crowd) for crowd in crowds]
    seconds = time.perf_counter() - started
    for crowd in crowds:
        crowd.communicate(timeout=30)
    return [Bought(**bought) for answer in answers for bought in json.loads(answer)], seconds


def _crowd(asked: dict[str, Any], environment: dict[str, str]) -> "subprocess.Popen[str]":
    command = [sys.executable, __file__, json.dumps(asked)]
    return subprocess.Popen(command, env={**os.environ, **environment}, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def _line(crowd: "subprocess.Popen[str]") -> str:
    if crowd.stdout is None:
        raise RuntimeError("nothing to read from")
    return crowd.stdout.readline().strip()


def order_together(asked: dict[str, Any]) -> list[Bought]:
    """Connect everybody, wait for the word, and let all of them order."""
    from django.db import connection

    from escarcelle.distributions.models import Distribution
    from escarcelle.groups.models import Member
    from escarcelle.lib.refusals import Refusal
    from escarcelle.payments.checkout import Wish, order

    bought: list[Bought] = []
    all_there = Barrier(len(asked["members"]) + 1)
    wish = Wish({asked["product"]: 1}, asked["way"])

    def buy(member_id: int) -> None:
        distribution = Distribution.objects.select_related("group").get(pk=asked["distribution"])
        member = Member.objects.get(pk=member_id)
        all_there.wait(60)
        all_there.wait(60)
        started = time.perf_counter()
        try:
            order(distribution=distribution, member=member, wish=wish, at=dt.datetime.fromisoformat(asked["at"]), by=member, key=uuid4())
            outcome = SOLD
        except Refusal as refusal:
            outcome = refusal.code
        except Exception as error:
            # Whatever a client would have been shown.
            outcome = f"{type(error).__name__}: {error}"
        bought.append(Bought(outcome, (time.perf_counter() - started) * 1000))
        connection.close()

    threads = [Thread(target=buy, args=[member_id]) for member_id in asked["members"]]
    for thread in threads:
        thread.start()
    all_there.wait(60)
    print("ready", flush=True)
    sys.stdin.readline()
    all_there.wait(60)
    for thread in threads:
        thread.join()
    return bought


def main() -> None:
    sys.path.insert(0, str(ROOT))
    import django

    django.setup()
    print(json.dumps([vars(bought) for bought in order_together(json.loads(sys.argv[1]))]), flush=True)


if __name__ == "__main__":
    main()
