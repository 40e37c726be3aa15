"""What can go wrong, drawn as a tree.

    TriageError
    ├── TransientError            time may cure it; workers try again
    │   ├── QueueUnavailable      Redis does not answer
    │   │   └── QueueFull         Redis answers and takes no more work
    │   ├── TooManyWrongKeys      an address sent too many keys that are none
    │   ├── TooMuchWaits          as much mail waits as may; no more was put into the queue
    │   ├── StorageUnavailable    the database does not answer
    │   │   └── StorageConflict   another transaction was in the way; the next try will pass
    │   ├── ModelUnavailable      no bundle can be loaded, or no worker answers in time
    │   ├── DecoderUnavailable    the process that decodes images does not start, or takes none
    │   └── MailServerUnavailable the IMAP server, or who vouches for us there, does not answer
    │       ├── MailServerBusy    it asks us to come back later
    │       └── CommandRefused    it does not do what we ask, and the connection stands
    └── PermanentError            only a person can cure it
        ├── MalformedMessage      the bytes are no mail, or exceed a bound
        ├── InvalidImage          an image cannot be decoded within its bounds
        ├── InvalidSubmission     a mail in JSON, or an example, has a wrong field
        ├── InvalidPolicy         the policy file cannot be used
        ├── InvalidSnooze         an email cannot be put off until then
        ├── PolicyChanged         somebody else put another policy in force meanwhile
        ├── NoEarlierPolicy       a mailbox never had another policy to go back to
        ├── InvalidBundle         a bundle is incomplete, altered or of another format
        ├── InvalidLabel          a label says nothing, or something that cannot be said
        │   └── UnknownTopic      the mailbox has no such topic
        ├── EmailNotFound         no such email is stored
        ├── ImageNotFound         no such image is stored
        ├── IncidentNotFound      there is no such incident
        ├── BytesGone             the bytes of an email are not kept any more
        ├── EmailDeleted          this mail was stored here until a person deleted it
        ├── LabelNotFound         the email has no such label
        ├── ModelNotFound         the mailbox has no model of this version
        ├── RecognizerNotFound    no such image version was installed
        ├── ModelUnfit            a version cannot be made the active one, or be kept
        ├── MailboxNotFound       there is no such mailbox
        ├── AttachmentNotFound    the email has no such attachment
        ├── AccountNotFound       no such account is stored
        ├── KeyNotFound           there is no such key
        ├── InvalidKeyOrder       a key was asked for that nobody could use
        ├── NotLetIn              a request has no key that is good
        ├── NotAllowed            a request's key is good for other things
        ├── TrainingNotFound      no such training was asked for
        ├── ReportNotFound        a training has no report, or no page of it
        ├── AlreadyVerifying      the account is being verified just now
        ├── InvalidAccount        an account has a setting that cannot be used
        ├── HostRefused           a host leads into our own network
        ├── WebhookNotFound       there is no such webhook
        ├── DeliveryNotFound      a webhook has no such delivery
        ├── InvalidWebhook        a webhook has a setting that cannot be used
        ├── LoginRefused          the mail server does not let us in
        │   └── ConsentGone       whoever gave us access by OAuth has taken it back, or it ran out
        ├── FolderNotFound        the mail server has no such folder
        ├── SecretUnreadable      a stored secret was encrypted with another key
        ├── NoSecretKey           no key is set to encrypt secrets with
        ├── NotMigrated           the database has another schema than this release
        ├── CannotCopy            one database cannot be copied into another
        ├── CannotBackUp          an instance cannot be backed up, or a backup not be restored
        ├── StorageFault          the database refuses what we ask: a fault of ours
        ├── FileInTheWay          a file to be written is there and holds something else
        └── CannotStart           a process cannot start where it was told to

An error is one sentence that says what happened, to which thing, and what to do next. Facts ride as attributes. Text
of mail never gets into one: subjects, bodies and addresses are other people's letters.
"""

import shlex
from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path

_MOST_LISTED = 20


class TriageError(Exception):
    """Whatever Triage itself raises."""


class TransientError(TriageError):
    """Time may cure it; a worker tries again, an API client gets 503."""


class QueueUnavailable(TransientError):
    """Redis does not answer."""


class QueueFull(QueueUnavailable):
    """Redis answers and takes no more work: its memory or its disk is full."""


class TooMuchWaits(TransientError):
    """As much mail waits for a verdict as may; new mail was not accepted, or what was set aside was left there.

    Attributes:
        retry_after: When there is room again, as far as anybody knows.
    """

    def __init__(self, sentence: str, *, retry_after: timedelta) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class TooManyWrongKeys(TransientError):
    """An address sent too many keys that are none.

    Attributes:
        retry_after: When it may try again.
    """

    def __init__(self, retry_after: timedelta) -> None:
        super().__init__("too many wrong keys came from this address; look the key up, and try again later")
        self.retry_after = retry_after


class StorageUnavailable(TransientError):
    """The database does not answer."""


class StorageConflict(StorageUnavailable):
    """Another transaction was in the way; the next try will pass."""


class ModelUnavailable(TransientError):
    """No bundle can be loaded, or no worker answers in time."""


class DecoderUnavailable(TransientError):
    """The process that decodes images does not start, or takes none; no image is at fault."""


class MailServerUnavailable(TransientError):
    """The IMAP server does not answer or breaks off, or the identity provider that vouches for us does."""


class MailServerBusy(MailServerUnavailable):
    """The server asks us to come back later.

    Attributes:
        retry_after: When, as far as it said so.
    """

    def __init__(self, sentence: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class CommandRefused(MailServerUnavailable):
    """The server does not do what we ask; the connection stands."""


class PermanentError(TriageError):
    """Only a person can cure it; trying again would give the same."""


class MalformedMessage(PermanentError):
    """The bytes are no mail at all, or exceed a bound that protects the rest."""


class InvalidImage(PermanentError):
    """An image cannot be decoded within its bounds; the sentence is one of `triage.images.faults`."""


class InvalidSubmission(PermanentError):
    """A mail in JSON, or an example, has a missing or a wrong field.

    Attributes:
        pointer: JSON pointer (RFC 6901) to the field at fault, `""` for the whole object.
    """

    def __init__(self, sentence: str, *, pointer: str = "") -> None:
        super().__init__(sentence)
        self.pointer = pointer


class InvalidPolicy(PermanentError):
    """The policy file cannot be used."""


class InvalidBundle(PermanentError):
    """A bundle is incomplete, altered, or of a format this release does not read."""


class PolicyChanged(PermanentError):
    """Another policy is in force than the one that was to be replaced."""

    def __init__(self, version: str) -> None:
        super().__init__(f"policy {version} was put in force meanwhile; look at it and say again what to change")
        self.version = version


class NoEarlierPolicy(PermanentError):
    """A mailbox never had another policy."""

    def __init__(self) -> None:
        super().__init__("the mailbox has no earlier policy to go back to; `triage policy history` shows which it had")


class InvalidSnooze(PermanentError):
    """An email cannot be put off until this moment."""

    def __init__(self, until: datetime) -> None:
        super().__init__(
            f"an email cannot be put off until {until.isoformat()}; name a moment to come, within five years"
        )
        self.until = until


class InvalidLabel(PermanentError):
    """A label says nothing, or something that cannot be said of mail."""


class UnknownTopic(InvalidLabel):
    """The mailbox has no topic of this name, or has one no more."""

    def __init__(self, topic: str, mailbox: str, known: Sequence[str]) -> None:
        listed = ", ".join(known[:_MOST_LISTED]) or "none"
        more = f" and {len(known) - _MOST_LISTED} more" if len(known) > _MOST_LISTED else ""
        super().__init__(
            f"mailbox {mailbox} has no topic {topic}; it has {listed}{more}, and"
            f" `triage topics add {shlex.quote(topic)} --mailbox {shlex.quote(mailbox)}` adds one"
        )
        self.topic = topic
        self.mailbox = mailbox


class EmailNotFound(PermanentError):
    """No email with this id is stored."""

    def __init__(self, email_id: int) -> None:
        super().__init__(f"email {email_id} is not in storage; list what is there with `triage inbox`")
        self.email_id = email_id


class IncidentNotFound(PermanentError):
    """There is no incident with this number."""

    def __init__(self, incident_id: int) -> None:
        super().__init__(f"there is no incident {incident_id}; list those there are with `triage incidents list`")
        self.incident_id = incident_id


class ImageNotFound(PermanentError):
    """No image with this id is stored."""

    def __init__(self, image_id: int) -> None:
        super().__init__(f"image {image_id} is not in storage; was it deleted, or the email that it came with?")
        self.image_id = image_id


class EmailDeleted(PermanentError):
    """This mail was stored here until a person deleted it."""

    def __init__(self, email_id: int) -> None:
        super().__init__(f"this mail was email {email_id} until it was deleted; it is not taken in again")
        self.email_id = email_id


class BytesGone(PermanentError):
    """The bytes of an email are not kept any more."""

    def __init__(self, email_id: int) -> None:
        super().__init__(
            f"the bytes of email {email_id} are not kept any more; `triage retention show` says for how long they are"
        )
        self.email_id = email_id


class LabelNotFound(PermanentError):
    """The email has no label with this number."""

    def __init__(self, email_id: int, label_id: int) -> None:
        super().__init__(
            f"email {email_id} has no label {label_id}; `triage labels list --email {email_id}` shows which it has"
        )
        self.email_id = email_id
        self.label_id = label_id


class ModelNotFound(PermanentError):
    """The mailbox has no model of this version."""

    def __init__(self, version: str, mailbox: str) -> None:
        super().__init__(
            f"mailbox {mailbox} has no model {version};"
            f" `triage models list --mailbox {shlex.quote(mailbox)}` shows which it has"
        )
        self.version = version
        self.mailbox = mailbox


class RecognizerNotFound(PermanentError):
    """No version of this name was installed to recognise images."""

    def __init__(self, version: str) -> None:
        super().__init__(f"there is no image version {version}; `triage images versions` shows which there are")
        self.version = version


class ModelUnfit(PermanentError):
    """A version cannot be kept, be the active one, or read beside it; nothing was changed."""


class MailboxNotFound(PermanentError):
    """No mail was ever accepted for this mailbox, and it has no topics of its own."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no mailbox {name}; the first mail for it makes one")
        self.name = name


class AttachmentNotFound(PermanentError):
    """The email has no attachment with this number."""

    def __init__(self, email_id: int, position: int) -> None:
        super().__init__(
            f"email {email_id} has no attachment {position}; they are numbered from 0, see `triage show {email_id}`"
        )
        self.email_id = email_id
        self.position = position


class AccountNotFound(PermanentError):
    """No account of this name is stored."""

    def __init__(self, name: str) -> None:
        super().__init__(f"there is no account {name}; `triage accounts list` shows which there are")
        self.name = name


class KeyNotFound(PermanentError):
    """There is no key with this number."""

    def __init__(self, key_id: int) -> None:
        super().__init__(f"there is no key {key_id}; `triage keys list` shows which there are")
        self.key_id = key_id


class InvalidKeyOrder(PermanentError):
    """A key was asked for that nobody could use; none was made."""


class NotLetIn(PermanentError):
    """A request names nobody whom we know."""


class NotAllowed(PermanentError):
    """A request may not do what it asks for."""


class TrainingNotFound(PermanentError):
    """No training has this number."""

    def __init__(self, training_id: int) -> None:
        super().__init__(f"there is no training {training_id}; `triage trainings list` shows which there are")
        self.training_id = training_id


class ReportNotFound(PermanentError):
    """A training has no report, or its page was never drawn or is not kept any more."""


class AlreadyVerifying(PermanentError):
    """The account is being verified just now."""

    def __init__(self, name: str) -> None:
        super().__init__(f"account {name} is being verified just now; wait for that to end")
        self.name = name


class InvalidAccount(PermanentError):
    """An account has a setting that cannot be used."""


class HostRefused(PermanentError):
    """A host that somebody named leads to this machine, or into a network that is not for all to reach."""

    def __init__(self, host: str) -> None:
        super().__init__(
            f"{host} leads to this machine or into a private network; name a public host, or let"
            " TRIAGE_ALLOWED_NETWORKS name the network"
        )
        self.host = host


class WebhookNotFound(PermanentError):
    """There is no webhook with this number."""

    def __init__(self, webhook_id: int) -> None:
        super().__init__(f"there is no webhook {webhook_id}; `triage webhooks list` shows which there are")
        self.webhook_id = webhook_id


class DeliveryNotFound(PermanentError):
    """A webhook has no delivery with this number, or it is not kept any more."""

    def __init__(self, webhook_id: int, delivery_id: int) -> None:
        super().__init__(
            f"webhook {webhook_id} has no delivery {delivery_id}; `triage webhooks log {webhook_id}` shows which it has"
        )
        self.webhook_id = webhook_id
        self.delivery_id = delivery_id


class InvalidWebhook(PermanentError):
    """A webhook has a setting that cannot be used."""


class LoginRefused(PermanentError):
    """The mail server does not let us in."""


class ConsentGone(LoginRefused):
    """Whoever gave us access by OAuth has taken it back, or it ran out; only they can give it again."""


class FolderNotFound(PermanentError):
    """The mail server has no such folder."""


class SecretUnreadable(PermanentError):
    """A stored secret was encrypted with another key than the one we have."""


class NoSecretKey(PermanentError):
    """No key is set to encrypt secrets with."""


class NotMigrated(PermanentError):
    """The database has another schema than this release needs."""


class CannotCopy(PermanentError):
    """One database cannot be copied into another, or not go on being copied."""


class CannotBackUp(PermanentError):
    """An instance cannot be backed up where it was told to, or a backup cannot be restored."""


class StorageFault(PermanentError):
    """The database refuses what we ask of it: a fault of ours."""


class FileInTheWay(PermanentError):
    """A file that is to be written is there already and holds something else."""

    def __init__(self, file: Path) -> None:
        super().__init__(f"{file} is there and holds something else; move it away, or name another folder")
        self.file = file


class CannotStart(PermanentError):
    """A process cannot start where it was told to: the port, the folder or a program stands in the way."""


def sentence_of(error: TriageError | OSError) -> str:
    """Return what a command says of an error before it exits 1: what happened, to which thing, and what to do next."""
    if isinstance(error, TriageError):
        return str(error)
    return f"{error.filename or 'a file'} cannot be used ({error.strerror}); check its place and permissions"
