"""Which mail a list is asked for: its filters, and whether mails about one matter are one row."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, get_args
from urllib.parse import urlencode

from fastapi import Query

from triage.api.inbox import read_inbox
from triage.api.label_schemas import State
from triage.api.schemas import InboxPage
from triage.api.services import Services
from triage.labels import Band

Filter = Annotated[str | None, Query(max_length=200)]
ROWS = 50
OVERDUE = "overdue"
STATES = (OVERDUE, *get_args(State))
# Lists of what is not waiting to be handled show every mail by itself.
_SINGLE = ("handled", "snoozed")
SINGLE_MAILS = "none"
_ALLOWED = {"band": tuple(Band), "state": STATES, "group": (SINGLE_MAILS,)}


@dataclass(frozen=True, slots=True)
class Chosen:
    """The filters of a list; those that mean nothing are left out."""

    filters: Mapping[str, str]
    cursor: str | None

    @property
    def narrowing(self) -> dict[str, str]:
        """Those that let less than all open mail pass."""
        return {name: value for name, value in self.filters.items() if name != "group"}

    @property
    def of_api(self) -> dict[str, str]:
        """The same as the API takes them to change all that fits; none where it has no such filter."""
        return {} if self.filters.get("state") == OVERDUE else self.narrowing

    @property
    def is_grouped(self) -> bool:
        """Whether mails about one matter are one row."""
        return "group" not in self.filters and self.filters.get("state") not in _SINGLE

    def address(self, **changed: str | None) -> str:
        """Return the address of this list with some filters changed, from its first page unless `cursor` is given."""
        kept = {name: value for name, value in {**self.filters, **changed}.items() if value}
        return "/?" + urlencode(kept) if kept else "/"

    def page(self, services: Services, now: datetime) -> InboxPage:
        """Return the rows that they let pass."""
        band, state = self.filters.get("band"), self.filters.get("state")
        return read_inbox(
            services,
            now,
            mailbox=self.filters.get("mailbox"),
            topic=self.filters.get("topic"),
            band=None if band is None else Band(band),
            state=None if state == OVERDUE else state,  # type: ignore[arg-type]  # one of them: others were left out
            overdue=state == OVERDUE,
            q=self.filters.get("q"),
            limit=ROWS,
            group="incidents" if self.is_grouped else None,
            cursor=self.cursor,
        )


def chosen_filters(
    mailbox: Filter = None,
    topic: Filter = None,
    band: Filter = None,
    state: Filter = None,
    q: Filter = None,
    group: Filter = None,
    cursor: Filter = None,
) -> Chosen:
    """Return the filters that an address names; an empty one lets all pass."""
    named = {"mailbox": mailbox, "topic": topic, "band": band, "state": state, "q": q, "group": group}
    filters = {name: value.replace("\x00", "").strip() for name, value in named.items() if value}
    return Chosen(
        {name: value for name, value in filters.items() if value and value in _ALLOWED.get(name, (value,))},
        cursor or None,
    )
