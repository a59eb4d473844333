"""`python -m bench`: a database of its own, everything measured in one run, a table and results.json.

`python -m bench intake` measures that alone and prints the table; the file keeps the last whole run.
"""

import os
import socket
import sys
import time

from diversion.local import LocalTrouble, ensure_environment


def main() -> int:
    os.environ["DJANGO_SETTINGS_MODULE"] = "bench.settings"
    try:
        ensure_environment("test")
    except LocalTrouble as trouble:
        print(trouble, file=sys.stderr)
        return 1
    import django

    django.setup()
    from django.db import connections

    owner, application = connections["owner"], connections["default"]
    started = time.perf_counter()
    name = owner.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    application.close()
    application.settings_dict["NAME"] = name
    try:
        if sys.argv[1:] == ["intake"]:
            measure_intake_alone()
        else:
            measure(migrating=time.perf_counter() - started)
    finally:
        connections.close_all()
        owner.creation.destroy_test_db("diversion", verbosity=0)
    return 0


def measure_intake_alone() -> None:
    """Taking in a file, on an empty database."""
    from bench.intake import measure_intake
    from bench.report import show

    show(measure_intake())


def measure(*, migrating: float) -> None:
    """Everything, on an empty database that took `migrating` seconds to migrate."""
    from bench.bookings import measure_bookings
    from bench.intake import measure_intake
    from bench.memory import worker_memory
    from bench.outbox import measure_outbox
    from bench.pages import measure_pages
    from bench.processes import Web, peak_mib, running
    from bench.report import Figure, write
    from bench.world import make_world

    figures = [Figure("empty database migrated", migrating, "s", goal="<= 10")]
    world = make_world()
    port = free_port()
    web = ("gunicorn", "diversion.wsgi", "--no-control-socket", "--workers", "1", "--bind", f"127.0.0.1:{port}")
    with running(*web) as master:
        answering = Web(port, master.pid)
        figures += measure_pages(answering, world)
        figures.append(Figure("web worker, peak memory", peak_mib(answering.pid), "MiB", goal="<= 120"))
    figures += measure_bookings(world)
    figures += measure_outbox(world)
    figures += measure_intake()
    figures += worker_memory(world)
    write(figures)


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


if __name__ == "__main__":
    sys.exit(main())
