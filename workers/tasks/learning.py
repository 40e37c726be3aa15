"""Learning within seconds, in the `text` queue: whoever learns reads on between two steps."""

from dataclasses import replace
from datetime import UTC, datetime
from time import monotonic

from triage.queue.heartbeat import all_read_with
from triage.queue.names import LEARN
from triage.storage import placings
from workers import boot
from workers.app import app
from workers.tasks.text import drain_mail, reading


@app.task(name=LEARN)
def learn_from_labels() -> None:
    """Fit the memories of mailboxes with new labels, and place mail by them for a while.

    Safe to repeat: what is to be done is found in the database, and doing it twice changes nothing.
    """
    # Imported here for the processes that know tasks by name and run none: they have no numpy.
    from triage.learning import due, learn

    boot.learning_call().hush()
    with reading:
        boot.models().renew()
    shipped = _shipped_version()
    with boot.database().reading() as session:
        mailboxes = list(due(session, lambda mailbox_id: boot.models().pointers.get(mailbox_id, shipped)))
    for mailbox in mailboxes:
        learn(boot.database(), mailbox, datetime.now(UTC))
        with boot.database().reading() as session:
            boot.models().memories.renew(session)  # at once: mail that comes next is read with it here
        _let_fresh_mail_pass()
    if _place_mail(until=monotonic() + boot.settings().drain_time_slice.total_seconds()):
        boot.learning_call().make()


def _place_mail(until: float) -> bool:
    """Place mail by new memories until a time of the monotonic clock; return whether that was too short."""
    from triage.learning import place_some, stored_memory

    with boot.database().reading() as session:
        left = placings.unplaced(session)
        held = {one.mailbox_id: stored_memory(session, one.mailbox_id, one.fitted) for one in left}
    for one in left:
        memory, mine = held[one.mailbox_id], one
        while memory is not None:
            placing = place_some(boot.database(), mine, memory, boot.policy(), datetime.now(UTC))
            _let_fresh_mail_pass()
            if placing is None:
                break
            if monotonic() >= until:
                return True
            mine = replace(mine, placing=placing)
    return False


def _shipped_version() -> str | None:
    """Return the shipped version that mail is read with; `None` while workers have different ones."""
    version = boot.text_model().version
    return version if all_read_with(boot.redis(), version) else None


def _let_fresh_mail_pass() -> None:
    if boot.mail_stream().length() > 0:
        drain_mail()
