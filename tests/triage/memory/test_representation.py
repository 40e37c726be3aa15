"""What the model saw of a mail, as numbers."""

from triage.memory.representation import vector


def test_representation_is_read_as_signed_bytes():
    """One number a byte, from -128 to 127; none where nothing was kept."""
    assert list(vector(bytes([0, 1, 127, 128, 255]))) == [0, 1, 127, -128, -1]
    assert list(vector(b"")) == []
