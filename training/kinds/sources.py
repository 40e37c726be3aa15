"""Where real pictures come from, under which licence, and which of them nothing shipped ever learns from.

    source        kind        licence                    what it is for
    logos         logo        CC0-1.0                    learned from
    sroie         receipt     MIT (its repository)       learned from
    terminal      screenshot  CC BY 4.0                  learned from
    wsl           screenshot  CC BY 4.0                  learned from
    sysinternals  screenshot  CC BY 4.0                  learned from
    trashnet      photo       MIT                        learned from, but for its paper (see `GUIDE.md`)
    refuse        photo       MIT                        TrashNet again, its larger pictures: judged by
    china, hopper photo       CC BY 2.0, public domain   learned from, where scikit-learn and matplotlib are installed
    flowers       photo       unclear                    judged by, never learned from
    tobacco       document    not stated                 judged by, never learned from
    zammad-…      screenshot  AGPL-3.0                   judged by, never learned from

All else is rendered by this package, from words and shapes of our own and the outlines of fonts.
Of a source that is learned from, the fifth that `is_held_out` names is left out, for the figure of a random split.
"""

from dataclasses import dataclass
from hashlib import sha256
from typing import Literal

from triage.labels import ImageKind

# What a model that we give away may have learned from; attribution is in the card of its bundle.
PERMISSIVE = frozenset({"CC0-1.0", "MIT", "CC BY 4.0", "CC BY 2.0", "public domain"})
RENDERED = "rendered"
_KINDS, _TRASHNET = "images-attachment-kinds/images.tar.gz", "images-trashnet/images.tar.gz"


@dataclass(frozen=True, slots=True)
class Source:
    """Real pictures of one origin and one kind.

    Attributes:
        archive: Below the folder of public data, or `package:` and the file in an installed package.
        folder: Start of the names in the archive.
        use: Learned from, or judged by and nothing else.
        leaves_out: Folders below `folder` that are in no kind for certain.
        attribution: What a licence wants said of it.
        shown_in: A source that is judged by and has some of the same pictures, under the same file names.
    """

    name: str
    kind: ImageKind
    licence: str
    archive: str
    folder: str
    use: Literal["learn", "judge"]
    attribution: str
    leaves_out: tuple[str, ...] = ()
    shown_in: str = ""

    @property
    def may_ship(self) -> bool:
        """Return whether a model that is given away may learn from it."""
        return self.use == "learn" and self.licence in PERMISSIVE


def _screenshots(name: str, folder: str) -> Source:
    said = f"screenshots from MicrosoftDocs/{folder}, © Microsoft Corporation, CC BY 4.0"
    return Source(name, ImageKind.SCREENSHOT, "CC BY 4.0", _KINDS, f"screenshot/{folder}/", "learn", said)


def _zammad(part: str) -> Source:
    folder = f"screenshot/zammad-{part}-documentation/"
    return Source(f"zammad-{part}", ImageKind.SCREENSHOT, "AGPL-3.0", _KINDS, folder, "judge", "Zammad documentation")


_TRASHNET_SAID = "TrashNet by Gary Thung and Mindy Yang, MIT"
_SROIE_SAID = "receipts of the ICDAR 2019 SROIE challenge, as in zzzDavid/ICDAR-2019-SROIE, MIT"
_CHINA = "package:sklearn/datasets/images/china.jpg"
_HOPPER = "package:matplotlib/mpl-data/sample_data/grace_hopper.jpg"
_LOGO, _PHOTO = ImageKind.LOGO, ImageKind.PHOTO

SOURCES: tuple[Source, ...] = (
    Source("logos", _LOGO, "CC0-1.0", _KINDS, "logo/gilbarbara/", "learn", "gilbarbara/logos, CC0 1.0"),
    Source("sroie", ImageKind.RECEIPT, "MIT", _KINDS, "receipt/sroie/", "learn", _SROIE_SAID),
    _screenshots("terminal", "terminal"),
    _screenshots("wsl", "WSL"),
    _screenshots("sysinternals", "sysinternals"),
    Source("trashnet", _PHOTO, "MIT", _TRASHNET, "", "learn", _TRASHNET_SAID, ("paper",), "refuse"),
    Source("refuse", _PHOTO, "MIT", _KINDS, "photo/trashnet/", "judge", _TRASHNET_SAID),
    Source("china", _PHOTO, "CC BY 2.0", _CHINA, "", "learn", "china.jpg by danielbuechele (Flickr), CC BY 2.0"),
    Source("hopper", _PHOTO, "public domain", _HOPPER, "", "learn", "Grace Hopper, US Navy, public domain"),
    Source("flowers", _PHOTO, "unclear", _KINDS, "photo/flowers/", "judge", "Flowers Recognition (Flickr)"),
    Source("tobacco", ImageKind.DOCUMENT, "not stated", _KINDS, "scanned_document/", "judge", "RVL-CDIP"),
    _zammad("user"),
    _zammad("admin"),
)
BY_NAME = {source.name: source for source in SOURCES}
LEARNED = tuple(source for source in SOURCES if source.may_ship)
JUDGED = tuple(source for source in SOURCES if source.use == "judge")


def is_held_out(data: bytes) -> bool:
    """Return whether a picture is of the fifth that is never learned from, by the digest of its file."""
    return int(sha256(data).hexdigest()[:8], 16) % 5 == 0


def attribution() -> str:
    """Return what the card of a shipped recogniser says of where its pictures come from."""
    said = dict.fromkeys(source.attribution for source in LEARNED)
    return "Learned from pictures rendered by ourselves and from " + "; ".join(said) + "."
