"""Tables as every command prints them: no lines, and quiet headings."""

from rich.table import Table


def plain_table(*headings: str, expand: bool = False) -> Table:
    """Return a table without rows; with `expand` it is as wide as the terminal."""
    return Table(*headings, box=None, pad_edge=False, header_style="dim", show_edge=False, expand=expand)
