"""Readings on request; nothing is stored."""

from datetime import timedelta
from typing import Annotated, Any

from fastapi import APIRouter, Body
from pydantic import AfterValidator, BaseModel, Field

from triage.api.access import READ
from triage.api.bodies import BoundedRoute
from triage.api.problems import COME_BACK_LATER
from triage.api.services import ServicesDep

router = APIRouter(prefix="/v1", tags=["predict"], route_class=BoundedRoute)

PATIENCE = timedelta(seconds=20)
# The model looks at about 4,000 characters; more would only travel.
LONGEST_BODY = 100_000
MOST_TEXTS = 1000


def _encodable(value: str) -> str:
    value.encode()  # a lone surrogate cannot be sent back
    return value


class Text(BaseModel):
    """A text to be read; `id` comes back with its reading."""

    id: Annotated[str, Field(max_length=1000), AfterValidator(_encodable)] | int | None = None
    subject: Annotated[str, Field(max_length=LONGEST_BODY)] = ""
    body: Annotated[str, Field(max_length=LONGEST_BODY)] = ""


Many = Annotated[list[Text], Field(max_length=MOST_TEXTS)]


@router.post("/predict", responses=COME_BACK_LATER, dependencies=[READ])
def predict(services: ServicesDep, texts: Annotated[Text | Many, Body()]) -> Any:
    """Return the reading of a text, or of each in a list, in order."""
    asked = texts if isinstance(texts, list) else [texts]
    if not asked:
        return []
    payload = [{"subject": text.subject, "body": text.body} for text in asked]
    readings = services.predictions.ask(payload, patience=PATIENCE)
    answers = [
        ({} if text.id is None else {"id": text.id}) | reading for text, reading in zip(asked, readings, strict=True)
    ]
    return answers if isinstance(texts, list) else answers[0]
