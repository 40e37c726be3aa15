r"""Characters that PostgreSQL cannot hold: NUL, and in documents halves of pairs (`\ud800`) besides.

Intake lets none of them in. Where something else wrote one, the copy has U+FFFD, the sign for a character that could
not be kept, in its place, and says so.
"""

import json
import re
from collections.abc import Sequence
from typing import Any

from sqlalchemy import Table

from triage.storage.copying.plain import JsonText

_IN_THE_STEAD = "\ufffd"
_ESCAPED = re.compile(r"\\u(0000|d[89a-f])", re.IGNORECASE)
_UNWANTED = re.compile("[\x00\ud800-\udfff]")


class Letters:
    """Makes rows of one table fit for PostgreSQL, and counts the values that were changed for that.

    Attributes:
        changed: How many were.
    """

    def __init__(self, table: Table) -> None:
        self.changed = 0
        self._documents = [isinstance(column.type, JsonText) for column in table.columns]

    def fit(self, rows: Sequence[Sequence[Any]]) -> Sequence[Sequence[Any]]:
        """Return the rows as PostgreSQL can hold them."""
        return [
            [
                self._fit(value, is_document) if isinstance(value, str) else value
                for value, is_document in zip(row, self._documents, strict=True)
            ]
            for row in rows
        ]

    def _fit(self, value: str, is_document: bool) -> str:
        if is_document and _ESCAPED.search(value):
            read = json.loads(value)
            fit = _fit_document(read)
            if fit == read:
                return value
            self.changed += 1
            return json.dumps(fit)
        if "\x00" in value:
            self.changed += 1
            return value.replace("\x00", _IN_THE_STEAD)
        return value


def _fit_document(read: Any) -> Any:
    if isinstance(read, str):
        return _UNWANTED.sub(_IN_THE_STEAD, read)
    if isinstance(read, list):
        return [_fit_document(one) for one in read]
    if isinstance(read, dict):
        return {_fit_document(name): _fit_document(one) for name, one in read.items()}
    return read
