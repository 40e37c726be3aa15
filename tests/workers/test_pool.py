"""TensorFlow is loaded where the model runs and nowhere else (A-16)."""

import subprocess
import sys

import pytest

MODULES = {
    "command line": "triage.cli",
    "API": "triage.web.app",
    "worker": "workers.app, workers.tasks.text, workers.tasks.upkeep",
    "schedule": "workers.app, celery.beat, celery.bin.beat",
    "supervisor": "triage.cli.up, triage.embedded",
}


@pytest.mark.parametrize("modules", MODULES.values(), ids=MODULES.keys())
def test_parents_do_not_load_tensorflow(modules):
    """Whatever may start another process imports it without TensorFlow, which would hang in a fork."""
    code = f"import sys, {modules}; print({{'tensorflow', 'keras', 'tensorflow_text'}} & set(sys.modules))"

    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)

    assert done.stdout.strip() == "set()"


@pytest.mark.parametrize("pool", ["prefork", "threads"])
def test_worker_of_another_pool_is_refused(pool):
    """It says what to do instead, before anything is forked or taken."""
    command = [sys.executable, "-m", "celery", "--app", "workers.app", "worker", "--queues", "text", "--pool", pool]

    done = subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)

    assert done.returncode == 1
    assert done.stderr.endswith("(--pool solo); for more cores start more workers\n")
