"""The reader's choice of a language, kept in a cookie."""

from datetime import timedelta
from typing import Annotated, Literal
from urllib.parse import urlsplit

from fastapi import APIRouter, Query
from fastapi.responses import RedirectResponse

from triage.api.access import EVERYBODY
from triage.web.language import COOKIE

router = APIRouter(include_in_schema=False)

KEPT = timedelta(days=365)


@router.get("/language/{code}", dependencies=[EVERYBODY])
def choose(code: Literal["en", "de"], back: Annotated[str, Query(max_length=2000)] = "/") -> RedirectResponse:
    """Speak a language from now on, and go back to the page where it was chosen."""
    answer = RedirectResponse(own_path(back), 303)
    answer.set_cookie(COOKIE, code, max_age=int(KEPT.total_seconds()), samesite="lax", httponly=True)
    return answer


def own_path(address: str) -> str:
    """Return an address if it is a page of ours, else that of the inbox: a link must not lead readers elsewhere."""
    # Browsers read a backslash as a slash, and leave out tabs and line breaks.
    is_plain = address.isprintable() and "\\" not in address
    try:
        parts = urlsplit(address)
    except ValueError:
        return "/"
    is_ours = is_plain and not parts.scheme and not parts.netloc and address.startswith("/")
    return address if is_ours and not address.startswith("//") else "/"
