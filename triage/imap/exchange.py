"""What passes between us and the server beyond reading, all of it off unless an account asks for it."""

from collections.abc import Callable, Iterator
from functools import partial

from triage.imap.client_labels import learn_from_flags, learn_from_moves
from triage.imap.connection import MailServer
from triage.imap.door import Door
from triage.imap.write_back import tell_bands


def steps(server: MailServer, door: Door, keep: Callable[[], None]) -> Iterator[Callable[[], int]]:
    """Yield what an account asks for, each by itself, so that one that fails is no hindrance to the others.

    `keep` is called now and then by those that may take long.
    """
    account = door.account
    if account.client_labels is not None:
        for folder, topic in account.client_labels.topic_of_folder.items():
            yield partial(learn_from_moves, server, door, folder, topic, keep=keep)
        for folder in account.folders:
            for flag, urgency in account.client_labels.urgency_of_flag.items():
                yield partial(learn_from_flags, server, door, folder, flag, urgency, keep=keep)
    if account.write_back is not None:
        yield partial(tell_bands, server, door, account.write_back, keep=keep)
