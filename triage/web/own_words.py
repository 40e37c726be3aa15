"""What the API says in English, in the reader's language, for the scripts of pages that ask it."""

from typing import Annotated

from fastapi import APIRouter, Query, Request
from fastapi.responses import PlainTextResponse

from triage.api.access import READ
from triage.web.language import language_of
from triage.web.rendering import PAGE_HEADERS
from triage.web.sentences import LONGEST, in_words

router = APIRouter(include_in_schema=False)


@router.get("/in-words", response_class=PlainTextResponse, dependencies=[READ])
def own_words(request: Request, sentence: Annotated[str, Query(max_length=LONGEST)]) -> PlainTextResponse:
    """Return a sentence in the reader's language, or as it is."""
    return PlainTextResponse(in_words(sentence, language_of(request)), headers=PAGE_HEADERS)
