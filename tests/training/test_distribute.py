"""Training on two devices at once, each stage in turn."""

import json
import subprocess
import sys

import numpy as np
import pytest
import tensorflow as tf

from training.distribute import Replicas, replicas_of


@pytest.fixture(scope="module")
def said():
    """What `two_devices.py` says, a figure per stage."""
    command = [sys.executable, "-m", "tests.training.two_devices"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()[-1])


@pytest.mark.slow
def test_copies_stay_equal(said):
    """After three epochs no weight differs between the devices, and the unknown row is zero still."""
    assert said["copies_apart"] == [0.0, 0.0]
    assert said["unknown_row"] == [0.0, 0.0]


@pytest.mark.slow
def test_two_devices_learn(said):
    """Every invented mail is read as what it is."""
    assert said["right"] == [1.0, 1.0]


@pytest.mark.slow
def test_one_replica_trains_as_none_does(said):
    """The very same numbers."""
    assert said["one_from_none"] == [0.0, 0.0]


@pytest.mark.slow
def test_two_replicas_take_the_steps_of_one(said):
    """Where nothing is left to chance, only the order of sums differs, the last batch of a single mail included."""
    assert said["two_from_none"] == pytest.approx([0.0, 0.0], abs=1e-4)


def test_a_batch_is_dealt_whole():
    """Every mail goes to one replica, and one without mails counts for nothing."""
    replicas = Replicas(tf.distribute.OneDeviceStrategy("CPU:0"))
    replicas.count = 3

    places, shares = zip(*replicas.deal(7), strict=True)
    few = replicas.deal(2)

    assert np.concatenate(places).tolist() == list(range(7))
    assert shares == pytest.approx([3 / 7, 2 / 7, 2 / 7])
    assert [(part.tolist(), float(share)) for part, share in few] == [([0], 0.5), ([1], 0.5), ([0], 0.0)]


def test_one_device_has_no_replicas():
    """Then the code without replicas runs."""
    assert replicas_of(None) is None
    assert replicas_of(tf.distribute.OneDeviceStrategy("CPU:0")) is None
