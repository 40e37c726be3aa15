"""The page of a training, for whoever wants to see what its candidate is worth."""

from sqlalchemy.orm import Session

from triage.errors import ReportNotFound
from triage.storage import trainings
from triage.trainings.request import training


def report_page(session: Session, training_id: int) -> str:
    """Return the report of a training as HTML. It names mail by its number, and quotes none.

    Raises:
        TrainingNotFound: There is no such training.
        ReportNotFound: It has not ended yet, has judged no model, or its page was not drawn or is not kept any more.
    """
    told = training(session, training_id)
    page = trainings.page_of(session, training_id)
    if page is not None:
        return page
    if told.state in trainings.UNFINISHED:
        raise ReportNotFound(f"training {training_id} is {told.state}; its report is there when it has ended")
    if told.figures is None:
        raise ReportNotFound(
            f"training {training_id} was {told.state} without judging a model, so there is no report;"
            f" `triage trainings show {training_id}` says why"
        )
    raise ReportNotFound(
        f"training {training_id} has no page: its worker lacked the extra `triage[report]`, or the page was dropped for"
        f" newer ones; its figures are in `triage trainings show {training_id} --json`"
    )
