"""Which thread an email belongs to.

Only references build threads; equal subjects never do. A thread is named by a digest of its root, so that two answers
find together even when the mail they answer never came here.
"""

import hashlib
from collections.abc import Collection, Mapping
from itertools import chain

from sqlalchemy.orm import Session

from triage.intake.rows import stored_message_id
from triage.mail import Message
from triage.storage import emails, snoozes
from triage.storage.emails import threads_by_message_id


def threads_of(session: Session, mailbox_id: int, messages: Mapping[bytes, Message]) -> list[str]:
    """Return the thread of each message: that of the nearest email it answers, else a new one.

    The messages are named by the digests of their bytes.
    """
    referenced = chain.from_iterable(message.references for message in messages.values())
    known = threads_by_message_id(session, mailbox_id, (stored_message_id(one) for one in referenced))
    threads = []
    for digest, message in messages.items():
        answered = (known.get(stored_message_id(one)) for one in reversed(message.references))
        thread_id = next(filter(None, answered), None) or _new_thread(digest, message)
        threads.append(thread_id)
        if message.message_id:
            known.setdefault(stored_message_id(message.message_id), thread_id)
    return threads


def wake_answered(session: Session, mailbox_id: int, thread_ids: Collection[str]) -> None:
    """Put emails that are put off back into the inbox where somebody wrote in their thread."""
    asleep = snoozes.asleep_in(session, mailbox_id, thread_ids)
    if asleep:
        snoozes.wake(session, emails.lock(session, asleep))


def _new_thread(digest: bytes, message: Message) -> str:
    root = next(iter(message.references), message.message_id)
    # Without any id the mail stands alone, though another may have the same words: devices send them every day.
    name = root.encode("utf-8", "replace") if root else digest
    return hashlib.blake2b(name, digest_size=16).hexdigest()
