"""A folder of public data with a few small pictures of each source."""

import io
import tarfile

import numpy as np
import pytest
from PIL import Image

from training.kinds.sources import SOURCES

COUNT = 30


def picture(seed: int) -> bytes:
    """Return a small PNG of noise; no two seeds have the same."""
    pixels = np.random.default_rng(seed).integers(0, 256, (24, 32, 3), dtype=np.uint8)
    packed = io.BytesIO()
    Image.fromarray(pixels).save(packed, "PNG")
    return packed.getvalue()


@pytest.fixture
def public_pictures(tmp_path, monkeypatch):
    """Return the folder; names of files tell their source, and TrashNet shows its first picture in both archives."""
    archives = {}
    for number, source in enumerate(one for one in SOURCES if not one.archive.startswith("package:")):
        for count in range(COUNT):
            name = f"{source.folder or 'glass/'}{source.name}{count}.png"
            archives.setdefault(source.archive, {})[name] = picture(1000 * number + count)
    archives["images-trashnet/images.tar.gz"]["glass/refuse0.png"] = picture(99_999)
    archives["images-trashnet/images.tar.gz"]["paper/trashnet-paper.png"] = picture(99_998)
    for archive, files in archives.items():
        path = tmp_path / archive
        path.parent.mkdir(parents=True, exist_ok=True)
        with tarfile.open(path, "w:gz") as opened:
            for name, data in files.items():
                member = tarfile.TarInfo(name)
                member.size = len(data)
                opened.addfile(member, io.BytesIO(data))
    monkeypatch.setenv("TRIAGE_PUBLIC_DATA", str(tmp_path))
    return tmp_path
