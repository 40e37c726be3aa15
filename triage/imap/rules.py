"""What an account may not be: settings that would leak a password, or make reading and writing go in circles."""

import re
from collections import Counter
from collections.abc import Iterable
from datetime import timedelta

from triage.errors import InvalidAccount
from triage.imap.account import ImapAccount, Security, WriteBackBy
from triage.imap.providers import is_here
from triage.network.hosts import network_name

LONGEST_NAME = 200
LEAST_INTERVAL, LARGEST_INTERVAL = timedelta(seconds=5), timedelta(days=1)

# A keyword is an atom of ASCII (RFC 9051 §9, flag-keyword).
_KEYWORD = re.compile(r"[!#$&'+,\-./0-9:;<=>?@A-Z\[^_`a-z|}~]+")
_NAME = re.compile(r"[^\s/?#%-][^\s/?#%]*")


def require_sensible(account: ImapAccount, *, insecure: bool = False) -> None:
    """Return when the settings of an account make sense together.

    Args:
        account: To be stored.
        insecure: Its password may cross a network in the clear.

    Raises:
        InvalidAccount: They do not; the sentence says which.
    """
    _require_names(account)
    _require_privacy(account, insecure=insecure)
    _require_folders(account)
    _require_labels(account)


def _require_names(account: ImapAccount) -> None:
    if not _NAME.fullmatch(account.name) or not account.name.isprintable() or len(account.name) > LONGEST_NAME:
        raise InvalidAccount("the name of an account has no spaces, slashes or leading dash; choose another")
    if not _is_host(account.host):
        raise InvalidAccount(f"{account.host!r} is no host; give its name alone, as in mail.example.com")
    if not 1 <= account.port <= 65535:
        raise InvalidAccount(f"{account.port} is no port; leave it out for the usual one")
    if not account.username or not account.username.isprintable() or len(account.username) > 255:
        raise InvalidAccount("the user of an account has one to 255 characters that can be printed; correct it")
    if not LEAST_INTERVAL <= account.interval <= LARGEST_INTERVAL:
        least, largest = (round(interval.total_seconds()) for interval in (LEAST_INTERVAL, LARGEST_INTERVAL))
        raise InvalidAccount(f"an account is looked at every {least} to {largest:,} seconds; choose an interval there")


def _is_host(host: str) -> bool:
    try:
        return bool(network_name(host)) and len(host) <= 255
    except ValueError:
        return False


def _require_privacy(account: ImapAccount, *, insecure: bool) -> None:
    if account.security is Security.NONE and not is_here(account.host) and not insecure:
        raise InvalidAccount(
            f"without TLS the password would cross the network to {account.host} in the clear; use security tls or"
            " starttls, or say that it may be insecure"
        )


def _require_folders(account: ImapAccount) -> None:
    read = [_folder(name) for name in account.folders]
    if not read or not all(name and name.isprintable() for name in read):
        raise InvalidAccount("an account reads at least one folder, and folders have names; INBOX is the usual one")
    if twice := [name for name, count in Counter(read).items() if count > 1]:
        raise InvalidAccount(f"folder {twice[0]} is named twice; name it once")
    if account.since is not None and account.since > account.created_at:
        raise InvalidAccount("mail since a time to come is none that is there; leave `since` out to read all")
    mapped = list(account.client_labels.topic_of_folder) if account.client_labels else []
    if both := _same(mapped, account.folders):
        raise InvalidAccount(
            f"mail that arrives in {both[0]} by itself would count as a person's label; read it, or map it to a topic"
        )
    if both := _same(_moved_to(account), account.folders):
        raise InvalidAccount(f"mail that is moved to {both[0]} would be read from there again; move it elsewhere")
    if both := _same(_moved_to(account), mapped):
        raise InvalidAccount(
            f"mail that Triage moves to {both[0]} would count as labelled by a person; take two folders"
        )


def _require_labels(account: ImapAccount) -> None:
    written = set()
    if account.write_back is not None:
        if not account.write_back.of:
            raise InvalidAccount("write-back is on and no band is told; name at least one, as in critical=urgent")
        _require_different(account.write_back.of.values())
        if account.write_back.by is WriteBackBy.KEYWORD:
            written = {keyword.lower() for keyword in account.write_back.of.values()}
            _require_keywords(account.write_back.of.values())
    if account.client_labels is None:
        return
    if not all(account.client_labels.topic_of_folder.values()):
        raise InvalidAccount("a folder that stands for a topic needs one; give it as in Invoices=billing")
    flags = [flag for flag in account.client_labels.urgency_of_flag if flag.lower() != "\\flagged"]
    _require_keywords(flags)
    if both := [flag for flag in flags if flag.lower() in written]:
        raise InvalidAccount(
            f"keyword {both[0]}, which Triage sets, would count as a person's label; take two keywords"
        )


def _require_keywords(keywords: Iterable[str]) -> None:
    for keyword in keywords:
        if not _KEYWORD.fullmatch(keyword):
            raise InvalidAccount(
                f"{keyword!r} is neither \\Flagged nor a keyword: letters, digits and dashes; change it"
            )


def _require_different(names: Iterable[str]) -> None:
    if twice := [name for name, count in Counter(name.lower() for name in names).items() if count > 1]:
        raise InvalidAccount(f"two bands would be told by {twice[0]}; give each its own")


def _moved_to(account: ImapAccount) -> list[str]:
    if account.write_back is None or account.write_back.by is not WriteBackBy.MOVE:
        return []
    return list(account.write_back.of.values())


def _same(names: Iterable[str], others: Iterable[str]) -> list[str]:
    """Return those of the folders that are among the others on some server: to many, Urgent and urgent are one."""
    there = {name.casefold() for name in others}
    return [name for name in names if name.casefold() in there]


def _folder(name: str) -> str:
    """Return a name to compare: INBOX alone is the same in any case (RFC 9051 §5.1)."""
    return "INBOX" if name.upper() == "INBOX" else name
