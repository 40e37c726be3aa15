"""Text as both databases take it."""


def storable(text: str) -> str:
    """Return text that both databases take: PostgreSQL refuses NUL, and neither stores a lone surrogate."""
    return text.replace("\x00", "").encode("utf-8", "replace").decode("utf-8")
