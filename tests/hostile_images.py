"""Images made to harm whoever decodes them, and sound ones to begin from; all are made here."""

import struct
import zlib
from collections.abc import Iterator
from functools import cache
from io import BytesIO

import numpy as np
from PIL import Image

from triage.images.faults import Fault

PIXELS = "pixels"
ANY = frozenset({PIXELS, Fault.TRUNCATED, Fault.CORRUPT})
DAMAGED = frozenset({Fault.TRUNCATED, Fault.CORRUPT})
SOUND = frozenset({PIXELS})

# What each is, its bytes, and what may come of it.
Hostile = Iterator[tuple[str, bytes, frozenset[str]]]


def picture(width: int = 120, height: int = 80, mode: str = "RGB") -> Image.Image:
    """Return a picture with slopes, edges and noise, the same each time."""
    down, across = np.mgrid[0:height, 0:width]
    noise = np.random.default_rng(0).integers(0, 40, (height, width))
    planes = (255 * across // width, 255 * down // height, 150 * ((across // 8 + down // 8) % 2) + noise)
    return Image.fromarray(np.stack(planes, axis=-1).astype(np.uint8)).convert(mode)


def saved(image: Image.Image, name: str, **options: object) -> bytes:
    """Return an image as a file."""
    file = BytesIO()
    image.save(file, name, **options)
    return file.getvalue()


@cache
def sound() -> dict[str, bytes]:
    """Return a file of each kind that decodes, by what is special about it."""
    image, alpha = picture(), picture(mode="RGBA")
    alpha.putalpha(picture(mode="L"))
    frames = [picture().rotate(90 * turn) for turn in range(3)]
    made = {
        "baseline.jpg": saved(image, "JPEG"),
        "progressive.jpg": saved(image, "JPEG", progressive=True),
        "grey.jpg": saved(picture(mode="L"), "JPEG"),
        "cmyk.jpg": saved(picture(mode="CMYK"), "JPEG"),
        "true-colour.png": saved(image, "PNG"),
        "alpha.png": saved(alpha, "PNG"),
        "palette.png": saved(image.quantize(16), "PNG", transparency=0),
        "one-bit.png": saved(picture(mode="1"), "PNG"),
        "sixteen-bit.png": saved(Image.fromarray(np.asarray(picture(mode="L")).astype(np.uint16) * 257), "PNG"),
        "plain.gif": saved(image, "GIF"),
        "animated.gif": saved(frames[0], "GIF", save_all=True, append_images=frames[1:]),
        "lossy.webp": saved(image, "WEBP"),
        "lossless.webp": saved(alpha, "WEBP", lossless=True),
        "animated.webp": saved(frames[0], "WEBP", save_all=True, append_images=frames[1:]),
        "true-colour.bmp": saved(image, "BMP"),
        "palette.bmp": saved(image.quantize(256), "BMP"),
        "raw.tiff": saved(image, "TIFF"),
        "lzw.tiff": saved(image, "TIFF", compression="tiff_lzw"),
        "jpeg.tiff": saved(image, "TIFF", compression="jpeg"),
        "fax.tiff": saved(picture(mode="1"), "TIFF", compression="group4"),
        "float.tiff": saved(picture(mode="F"), "TIFF"),
        "pages.tiff": saved(frames[0], "TIFF", save_all=True, append_images=frames[1:]),
        "tracking.gif": saved(Image.new("P", (1, 1)), "GIF", transparency=0),
        "tracking.png": saved(Image.new("RGBA", (1, 1)), "PNG"),
        "ribbon.png": saved(Image.new("RGB", (1, 20_000), (9, 8, 7)), "PNG"),
    }
    return made | {f"turned-{turn}.jpg": turned(image, turn) for turn in range(1, 9)}


def turned(image: Image.Image, orientation: int, name: str = "JPEG") -> bytes:
    """Return an image as a file whose EXIF data tell an orientation."""
    exif = Image.Exif()
    exif[0x0112] = orientation
    return saved(
        image, name, exif=exif, **({"quality": 95} if name == "JPEG" else {"lossless": True} if name == "WEBP" else {})
    )


def _no_images() -> Hostile:
    none = frozenset({Fault.NO_IMAGE})
    yield "empty", b"", none
    yield "one byte", b"\xff", none
    yield "text", b"Dear sir or madam, ", none
    yield "html that says it is a png", b"<!doctype html><img src='photo.png'>", none
    yield "zip", b"PK\x03\x04" + bytes(100), none
    yield "svg", b'<svg xmlns="http://www.w3.org/2000/svg" width="9e9"/>', none
    yield "eps, which Pillow would give to Ghostscript", b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n", none
    yield "heic", b"\0\0\0\x18ftypheic" + bytes(50), none
    yield "icon", b"\0\0\x01\0\x01\0" + bytes(50), none
    yield "portable pixmap", b"P6 4 4 255 " + bytes(48), none
    yield "photoshop", b"8BPS\0\x01" + bytes(50), none
    yield "zeros", bytes(10_000), none
    for name, signature in (
        ("png", b"\x89PNG\r\n\x1a\n"),
        ("jpeg", b"\xff\xd8\xff"),
        ("gif", b"GIF89a"),
        ("bmp", b"BM"),
        ("tiff", b"II*\0"),
        ("big-endian tiff", b"MM\0*"),
        ("big tiff", b"II+\0"),
        ("webp", b"RIFF\0\0\0\0WEBP"),
    ):
        yield f"{name}: nothing but the signature", signature, DAMAGED
        yield f"{name}: zeros after the signature", signature + bytes(5_000), DAMAGED
        yield f"{name}: ones after the signature", signature + b"\xff" * 5_000, DAMAGED | {Fault.TOO_MANY_PIXELS}


def _truncated() -> Hostile:
    for name, data in sound().items():
        for tenth in range(1, 10):
            cut = data[: len(data) * tenth // 10]
            yield f"{name} cut after {tenth} tenths", cut, ANY | {Fault.NO_IMAGE, Fault.TOO_MANY_PIXELS}
    for name in ("baseline.jpg", "progressive.jpg"):
        yield f"{name} without its end mark", sound()[name][:-2], frozenset({Fault.TRUNCATED})
    yield "baseline.jpg of which half is missing", sound()["baseline.jpg"][: len(sound()["baseline.jpg"]) // 2], DAMAGED
    yield "true-colour.png of which half is missing", sound()["true-colour.png"][:9_000], DAMAGED


def _bombs() -> Hostile:
    too_many = frozenset({Fault.TOO_MANY_PIXELS})
    yield "png of 50,000 by 50,000", png(50_000, 50_000, zlib.compress(bytes(10**6), 9)), too_many
    yield "png of 2³¹ - 1 squared", png(2**31 - 1, 2**31 - 1, b""), too_many
    yield "png of 60,000 by 1", png(60_000, 1, zlib.compress(bytes(60_001))), too_many
    yield "png of 0 by 0", png(0, 0, b""), DAMAGED
    yield "png of 49 megapixels in 50 kB", png(7_000, 7_000, zlib.compress(bytes(7_001 * 7_000), 9)), SOUND
    yield "png with more data than rows", png(10, 10, zlib.compress(bytes(10**8), 9)), ANY
    yield "png without data", png(10, 10, None), DAMAGED
    text = chunk(b"zTXt", b"Comment\0\0" + zlib.compress(bytes(10**8), 9))
    yield "png with 100 MB of text", png(10, 10, zlib.compress(bytes(110)), text), ANY
    profile = chunk(b"iCCP", b"icc\0\0" + zlib.compress(bytes(10**8), 9))
    yield "png with a colour profile of 100 MB", png(10, 10, zlib.compress(bytes(110)), profile), ANY
    many = chunk(b"tEXt", b"a\0b") * 200_000
    yield "png with 200,000 notes", png(10, 10, zlib.compress(bytes(110)), many), ANY
    yield "png whose chunk says it has 4 GB", b"\x89PNG\r\n\x1a\n" + b"\xff\xff\xff\xffIHDR" + bytes(50), DAMAGED


def _lying_gif() -> Hostile:
    too_many = frozenset({Fault.TOO_MANY_PIXELS})
    yield "gif with a screen of 65,535 squared", gif(65_535, 65_535, 1, 1), too_many
    yield "gif with a frame larger than its screen", gif(10, 10, 60_000, 60_000), too_many | DAMAGED
    yield "gif with a frame beside its screen", gif(10, 10, 5, 5, left=60_000, top=60_000), ANY | too_many
    yield "gif with a screen of nothing", gif(0, 0, 1, 1), ANY
    whole = gif(10, 10, 10, 10)
    head, frame = whole[:13], whole[13:-1]
    yield "gif of 100,000 frames", head + frame * 100_000 + b";", ANY
    yield "gif of endless comments", head + b"\x21\xfe" + (b"\xff" + b"x" * 255) * 40_000, DAMAGED
    yield "gif with letters too wide", whole[:-1].replace(b"\x02\x02", b"\x0f\x02", 1) + b";", ANY


def _lying_bmp() -> Hostile:
    for width, height, may in (
        (-5, 5, DAMAGED | {Fault.TOO_MANY_PIXELS}),
        (4, -4, SOUND),
        (4, -(2**31), DAMAGED | {Fault.TOO_MANY_PIXELS}),
        (2**31 - 1, 2**31 - 1, frozenset({Fault.TOO_MANY_PIXELS})),
        (7_000, 7_000, DAMAGED),
        (0, 0, DAMAGED),
    ):
        yield f"bmp of {width} by {height}", bmp(width, height), may
    yield "bmp with 2³² - 1 colours", bmp(4, 4, bits=8, colours=2**32 - 1), ANY
    yield "bmp whose pixels begin after its end", bmp(4, 4, offset=2**32 - 1), DAMAGED
    yield "bmp of 4,096 bits", bmp(4, 4, bits=4_096), DAMAGED
    runs = b"\0\x02\xff\xff" * 50_000
    yield "bmp of runs that leap out of it", bmp(4, 4, bits=8, compression=1, pixels=runs), ANY
    yield "bmp of runs of nothing", bmp(6_000, 6_000, bits=8, compression=1, pixels=bytes(10**6)), ANY


def _lying_webp() -> Hostile:
    whole = sound()["lossy.webp"]
    for said in (0, 1, 12, 2**31, 2**32 - 1):
        size = struct.pack("<I", said)
        yield f"webp that says it has {said} bytes", whole[:4] + size + whole[8:], ANY
        yield f"webp whose chunk says it has {said} bytes", whole[:16] + size + whole[20:], ANY
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\x10\0\0\0" + b"\xff\xff\xff" * 2
    yield (
        "webp with a canvas of 16 million squared",
        b"RIFF" + struct.pack("<I", 4 + len(canvas)) + b"WEBP" + canvas,
        (DAMAGED | {Fault.TOO_MANY_PIXELS}),
    )
    canvas = b"VP8X" + struct.pack("<I", 10) + b"\x02\0\0\0" + b"\xff\x3f\0" * 2
    frame = b"ANIM" + struct.pack("<I", 6) + bytes(6) + (b"ANMF" + struct.pack("<I", 24) + bytes(24)) * 5_000
    yield (
        "webp of 5,000 empty frames",
        b"RIFF" + struct.pack("<I", 4 + len(canvas + frame)) + b"WEBP" + canvas + frame,
        (DAMAGED | {Fault.TOO_MANY_PIXELS}),
    )


def _lying_jpeg() -> Hostile:
    whole = sound()["baseline.jpg"]
    at = whole.index(b"\xff\xc0") + 5
    for height, width, may in (
        (65_500, 65_500, frozenset({Fault.TOO_MANY_PIXELS})),
        (65_500, 700, frozenset({Fault.TOO_MANY_PIXELS})),
        (0, 120, DAMAGED),
        (80, 0, DAMAGED),
        (8_000, 120, ANY),
        (8, 8, ANY),
    ):
        lying = whole[:at] + struct.pack(">HH", height, width) + whole[at + 4 :]
        yield f"jpeg that says it is {width} by {height}", lying, may
    yield "jpeg of 500 scans", endless(1_000, 500), ANY | {Fault.TOO_SLOW}
    yield "jpeg of nothing but markers", b"\xff\xd8" + b"\xff\xe0\0\x02" * 200_000, DAMAGED
    yield "jpeg with a component from nowhere", whole[: at + 5] + b"\xff" + whole[at + 6 :], ANY
    tables = whole.replace(b"\xff\xc4", b"\xff\xfe")
    yield "jpeg without its tables", tables, ANY


def _lying_tiff() -> Hostile:
    base = {
        256: (4, 4),
        257: (4, 4),
        258: (3, 8),
        259: (3, 1),
        262: (3, 1),
        273: (4, 200),
        277: (3, 1),
        278: (4, 4),
        279: (4, 16),
    }
    yield "tiff that is sound", tiff(base), SOUND
    yield "tiff whose directory follows itself", tiff(base, following=8), ANY
    yield "tiff whose directory stands in itself", tiff(base | {330: (4, 8), 34665: (4, 8)}), ANY
    yield "tiff whose directory is beyond its end", b"II*\0" + struct.pack("<I", 2**32 - 1), DAMAGED
    yield "tiff with 65,535 tags", b"II*\0" + struct.pack("<IH", 8, 65_535) + bytes(12 * 65_535), DAMAGED
    for count in (2**28, 2**32 - 1):
        yield f"tiff whose tag has {count} values", tiff(base | {273: (4, 0, count)}), DAMAGED
        yield f"tiff whose note has {count} values", tiff(base | {270: (2, 0, count)}), ANY
    yield "tiff of unknown compression", tiff(base | {259: (3, 999)}), DAMAGED
    named = {2: "fax", 4: "group 4", 5: "lzw", 6: "old jpeg", 7: "jpeg", 8: "zlib", 32773: "bits"}
    for number, name in (named | {34925: "lzma", 50000: "zstd", 50001: "webp"}).items():
        yield f"tiff of {name} that is none", tiff(base | {259: (3, number)}), ANY
    yield (
        "tiff of 2³² - 1 squared",
        tiff(base | {256: (4, 2**32 - 1), 257: (4, 2**32 - 1)}),
        DAMAGED | {Fault.TOO_MANY_PIXELS},
    )
    yield "tiff of 7,000 squared in 16 bytes", tiff(base | {256: (4, 7_000), 257: (4, 7_000), 278: (4, 7_000)}), DAMAGED
    yield "tiff of 65,535 samples", tiff(base | {277: (3, 65_535)}), DAMAGED
    yield "tiff of 64 bits", tiff(base | {258: (3, 64)}), DAMAGED
    tiles = {324: (4, 200), 325: (4, 16), 322: (4, 2**31 - 1), 323: (4, 2**31 - 1)}
    untiled = {tag: entry for tag, entry in base.items() if tag not in (273, 278, 279)}
    yield "tiff of one enormous tile", tiff(untiled | tiles), ANY | {Fault.TOO_LARGE, Fault.TOO_MANY_PIXELS}
    yield (
        "tiff of one enormous tile of lzw",
        tiff(untiled | tiles | {259: (3, 5)}),
        ANY | {Fault.TOO_LARGE, Fault.TOO_MANY_PIXELS},
    )


def _bad_notes() -> Hostile:
    """Give images that are sound but for what stands beside the pixels; they are seen all the same."""
    junk = np.random.default_rng(1).integers(0, 256, 3_000).astype(np.uint8).tobytes()
    for name, exif in (
        ("of junk", b"Exif\0\0" + junk),
        ("that end at once", b"Exif\0\0II"),
        ("in a circle", b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 34665, 4, 1, 8, 8)),
        ("with an orientation of 999", b"Exif\0\0II*\0" + struct.pack("<IHHHIII", 8, 1, 0x0112, 3, 1, 999, 0)),
        ("with an orientation in words", b"Exif\0\0II*\0" + struct.pack("<IHHHI4sI", 8, 1, 0x0112, 2, 4, b"up\0\0", 0)),
    ):
        yield f"jpeg with notes {name}", saved(picture(), "JPEG", exif=exif), SOUND
        yield f"png with notes {name}", saved(picture(), "PNG", exif=exif), SOUND
        yield f"webp with notes {name}", saved(picture(), "WEBP", exif=exif), SOUND
    for name in ("JPEG", "PNG", "WEBP", "TIFF"):
        yield f"{name} with a colour profile of junk", saved(picture(), name, icc_profile=junk), SOUND
    yield "jpeg with 64 kB of comment", saved(picture(), "JPEG", comment=b"x" * 65_000), SOUND
    mpo = saved(picture(), "MPO", save_all=True, append_images=[picture(40, 40)])
    yield "jpeg of two pictures", mpo, SOUND
    yield "jpeg of two pictures, of which one is missing", mpo[: len(mpo) // 2], ANY


def _polyglots() -> Hostile:
    for name, data in sound().items():
        yield f"{name} with a page of HTML behind", data + b"<html><script>alert(1)</script></html>", SOUND
    yield "jpeg with an archive behind", sound()["baseline.jpg"] + b"PK\x03\x04" + bytes(1_000), SOUND
    yield "gif that is a script", b"GIF89a=1;/*" + bytes(50) + b"*/alert(1)", ANY | {Fault.TOO_MANY_PIXELS}
    yield "page with an image behind", b"<html>" + sound()["baseline.jpg"], frozenset({Fault.NO_IMAGE})


def _flipped() -> Hostile:
    draw = np.random.default_rng(2)
    for name, data in sound().items():
        for time in range(8):
            bits = np.unpackbits(np.frombuffer(data, np.uint8))
            bits[draw.integers(0, len(bits), 2 ** (time + 1))] ^= 1
            yield (
                f"{name} with {2 ** (time + 1)} bits flipped",
                np.packbits(bits).tobytes(),
                frozenset({PIXELS, *Fault}),
            )


def endless(side: int, scans: int) -> bytes:
    """Return a small progressive JPEG of one colour that says the same again and again, of every block."""
    data = saved(Image.new("RGB", (side, side), (90, 120, 30)), "JPEG", progressive=True)
    starts = [place for place in range(len(data)) if data.startswith(b"\xff\xda", place)]
    finer = data[starts[5] : starts[6]]
    return data[: starts[6]] + finer * scans + data[starts[6] :]


def png(width: int, height: int, data: bytes | None, before: bytes = b"") -> bytes:
    """Return a grey PNG that says it has a size, with compressed rows as given."""
    head = chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0))
    rows = b"" if data is None else chunk(b"IDAT", data)
    return b"\x89PNG\r\n\x1a\n" + head + before + rows + chunk(b"IEND", b"")


def chunk(kind: bytes, content: bytes) -> bytes:
    """Return a chunk of a PNG."""
    return struct.pack(">I", len(content)) + kind + content + struct.pack(">I", zlib.crc32(kind + content))


def gif(screen_width: int, screen_height: int, width: int, height: int, left: int = 0, top: int = 0) -> bytes:
    """Return a GIF with one frame of hardly any data."""
    screen = b"GIF89a" + struct.pack("<HHBBB", screen_width, screen_height, 0, 0, 0)
    frame = b"," + struct.pack("<HHHHB", left, top, width, height, 0x80) + b"\0\0\0\xff\xff\xff"
    return screen + frame + b"\x02\x02\x4c\x01\0" + b";"


def bmp(
    width: int, height: int, bits: int = 24, colours: int = 0, compression: int = 0, offset: int = 54,
    pixels: bytes = bytes(48),
) -> bytes:  # fmt: skip
    """Return a BMP that says what it is told to."""
    head = struct.pack("<IiiHHIIiiII", 40, width, height, 1, bits, compression, len(pixels), 0, 0, colours, 0)
    return b"BM" + struct.pack("<IHHI", 54 + len(pixels), 0, 0, offset) + head + pixels


def tiff(entries: dict[int, tuple[int, ...]], following: int = 0) -> bytes:
    """Return a TIFF of one directory; an entry is its type, its value or where that stands, and how many there are."""
    told = b"".join(
        struct.pack("<HHII", tag, entry[0], entry[2] if len(entry) > 2 else 1, entry[1])
        for tag, entry in sorted(entries.items())
    )
    data = b"II*\0" + struct.pack("<IH", 8, len(entries)) + told + struct.pack("<I", following)
    return data.ljust(200, b"\0") + bytes(range(16))


HOSTILE = {
    "no images": _no_images,
    "truncated": _truncated,
    "bombs": _bombs,
    "gif": _lying_gif,
    "bmp": _lying_bmp,
    "webp": _lying_webp,
    "jpeg": _lying_jpeg,
    "tiff": _lying_tiff,
    "notes": _bad_notes,
    "polyglots": _polyglots,
    "flipped bits": _flipped,
}
