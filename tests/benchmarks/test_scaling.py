"""The scaling benchmark: its model and tables, and all of it once with a handful of mails."""

import json
from dataclasses import asdict

import pytest

from benchmarks.scaling import tables
from benchmarks.scaling.__main__ import main
from benchmarks.scaling.measures import READING, TAKING
from benchmarks.scaling.model import Costs, cores_for, costs_of, predicted

COSTS = Costs(
    web=400e-6,
    worker=800e-6,
    postgres_taking=100e-6,
    postgres_reading=150e-6,
    redis_taking=10e-6,
    redis_reading=50e-6,
    redis_commands=2.0,
    redis_bytes=60.0,
    stored_bytes=5000.0,
)
MACHINE = {
    "cores": 2,
    "cpu": "a processor",
    "memory_gib": 4,
    "python": "3.12.1",
    "postgresql": "15.1",
    "sqlite": "3.40.1",
    "redis": "7.0.15",
    "model": "text-1",
    "commit": "abc",
}


def reading(workers, rate, number, **cpu_us):
    """A row of one drained backlog."""
    return {
        "phase": READING,
        "round": number,
        "workers": workers,
        "ranked_per_second": rate,
        "redis_commands": 1.5,
        "connections": {"postgres": 3 * workers, "redis": 4 * workers},
        "cpu_us": cpu_us,
        "others": 0.5,
    }


def results():
    """Two rounds, the second at half the speed, as when somebody else uses the machine."""
    taking = {
        "phase": TAKING,
        "redis_commands": 0.5,
        "redis_bytes_waiting": 60.0,
        "cpu_us": {"serve": 400.0, "postgres": 100.0, "redis": 10.0, "client": 30.0},
        "others": 0.5,
    }
    rows = []
    for number, slow in enumerate((1.0, 0.5)):
        rows.append(taking | {"round": number})
        rows.append(reading(1, 1000 * slow, number, **{"worker-1": 800.0, "postgres": 150.0, "redis": 50.0}))
        both = {"worker-1": 450.0, "worker-2": 450.0, "postgres": 150.0, "redis": 50.0}
        rows.append(reading(4, 1500 * slow, number, **both))
    sizes = {
        "email": {"rows": 1000, "beside": 0, "indexes": 1000},
        "message": {"rows": 500, "beside": 2500, "indexes": 0},
    }
    run = {"at": "2026-03-02T10:00:00+00:00", "seed": 7, "machine": MACHINE}
    return run | {"rows": rows, "tables": sizes, "stored": 1}


def test_costs_are_of_the_fewest_workers():
    """Workers are counted together, and what more of them cost in each other's way is left out."""
    assert asdict(costs_of(results())) == pytest.approx(asdict(COSTS))


@pytest.mark.parametrize(("workers", "cores", "expected"), [(1, 2, 1000), (2, 2, 2000), (4, 2, 2000), (4, 1.5, 1500)])
def test_workers_beyond_the_cores_buy_nothing(workers, cores, expected):
    """A worker and what it asks for keep one core busy."""
    assert predicted(COSTS, workers, cores) == pytest.approx(expected)


def test_cores_leave_room():
    """At 1,000 mails a second of a millisecond each one core is full, and more than one is asked for."""
    assert cores_for(1e-3, 1000) == pytest.approx(1 / 0.6)


def test_ratios_are_of_the_same_round():
    """A slow round changes no ratio; what the model says stands beside what was measured."""
    table = tables.workers(results())

    assert "| 1 | 750 (500–1,000) | 1.00 (1.00–1.00) | 1.5 | 1,000 | 0.75 |" in table
    assert "| 4, more than there are cores | 1,125 (750–1,500) | 1.50 (1.50–1.50) | 1.5 | 1,500 | 0.75 |" in table


def test_what_a_mail_costs_is_told_by_part():
    """Workers together, commands, bytes with indexes, and connections by number of workers."""
    table = tables.costs(results())

    assert "| workers | 0 (0–0) | 800 (800–800) | 900 (900–900) |" in table
    assert "| Redis commands per email | 0.50 (0.50–0.50) | 1.50 (1.50–1.50) | 1.50 (1.50–1.50) |" in table
    assert "| `message` | 500 | 2,500 | 0 | 3,000 |" in table
    assert "| all |  |  |  | **5,000** |" in table
    assert "| PostgreSQL | 3 | 12 |" in table


def test_capacity_is_costs_times_the_rate():
    """A hundred mails a second of 0.8 ms take 0.08 cores of workers, which are meant to be used to 60 %."""
    table = tables.capacity(COSTS)

    assert "| cores for text workers | 0.01 | 0.13 | 1.33 |" in table
    assert "| Redis commands a second | 20 | 200 | 2,000 |" in table
    assert "| PostgreSQL, indexes included | 5 GB | 500 GB |" in table


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_everything_runs_with_a_handful_of_mails(redis, tmp_path):
    """Two numbers of workers rank every mail, each part's cost is known, and the page is written from it."""
    output, page = tmp_path / "scaling.json", tmp_path / "scaling.md"
    page.write_text(
        "\n".join(
            f"<!-- figures: {name} -->\n<!-- end of figures: {name} -->" for name in ("workers", "costs", "capacity")
        )
    )

    code = main(["--workers", "1", "2", "--rounds", "1", "--mails", "60", "--output", f"{output}"])
    written = tables.main(["--results", f"{output}", "--page", f"{page}"])

    found = json.loads(output.read_text())
    assert (code, written) == (0, 0)
    assert [row.get("workers") for row in found["rows"]] == [None, 1, 2]
    costs = costs_of(found)
    # A few mails are too few for the kernel's clock to see what Redis did.
    assert min(costs.web, costs.worker, costs.redis_commands, costs.redis_bytes, costs.stored_bytes) > 0
    assert "| `message` |" in page.read_text()
