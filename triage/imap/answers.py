"""What a server means by its no, and the network by its silence.

Servers say why in a response code (RFC 5530), and the large providers in words of their own.
"""

import re
import socket
import ssl
from datetime import timedelta

from triage.errors import (
    CommandRefused,
    LoginRefused,
    MailServerBusy,
    MailServerUnavailable,
    PermanentError,
    TransientError,
)

# Codes and words for "not now", also where they stand in the answer to a login.
_LATER = re.compile(
    r"\[(?:THROTTLED|UNAVAILABLE|LIMIT|INUSE|OVERQUOTA)\b|throttl|too many|try again|temporar"
    r"|bandwidth|rate limit|backoff|server busy|account exceeded",
    re.IGNORECASE,
)
# Of a login it is a server in trouble; of a message it may be that one alone, now and for ever.
_LATER_AT_LOGIN = re.compile(r"\[SERVERBUG\b", re.IGNORECASE)
# `Request is throttled. Suggested Backoff Time: 92415 milliseconds` is Exchange, `Retry-After: 30` some others.
_BACKOFF = re.compile(r"backoff time:?\s*(\d+)\s*milli|retry.after:?\s*(\d+)", re.IGNORECASE)
_LOGIN = re.compile(r"\[(?:AUTHENTICATIONFAILED|AUTHORIZATIONFAILED|EXPIRED|PRIVACYREQUIRED)\b", re.IGNORECASE)
_FOLDER = re.compile(
    r"\[(?:NONEXISTENT|TRYCREATE)\]|(?:does ?n.t|does not) exist|not found|unknown mailbox|no such", re.IGNORECASE
)
_LONGEST_WAIT = timedelta(hours=1)
_MOST_WORDS = 200


def refusal(host: str, said: str, *, at_login: bool = False) -> TransientError | PermanentError:
    """Return the error for a no: whether it is worth waiting, and how long, or what a person must mend."""
    words = _legible(said)
    if _LATER.search(said) or (at_login and _LATER_AT_LOGIN.search(said)):
        return MailServerBusy(f"{host} asks us to come back later ({words}); we do", retry_after=_told_wait(said))
    if at_login:
        return LoginRefused(
            f"{host} does not let us in ({words}); are user and password right, and does the account allow IMAP? "
            "Google and Microsoft take an app password or OAuth, never the account's own password"
        )
    return CommandRefused(f"{host} refused what we asked ({words}); it is asked again later")


def is_about_login(said: str) -> bool:
    """Say whether a server that ended the connection did so because of the login."""
    return bool(_LOGIN.search(said))


def is_about_folder(said: str) -> bool:
    """Say whether a folder was not opened because there is none of its name."""
    return bool(_FOLDER.search(said))


def network_error(host: str, error: OSError) -> MailServerUnavailable:
    """Return the error for a connection that was not made, or broke."""
    match error:
        case ssl.SSLCertVerificationError():
            sentence = (
                f"the certificate of {host} is not to be trusted ({error.verify_message}); is the name right, "
                "and is whoever signed it known here (SSL_CERT_FILE)?"
            )
        case ssl.SSLError():
            why = getattr(error, "reason", None) or error  # those that OpenSSL did not raise have no reason
            sentence = f"{host} does not speak TLS here ({why}); are port and kind of security right?"
        case socket.gaierror():
            sentence = f"no host {host} is known here; is its name right?"
        case TimeoutError():
            sentence = f"{host} does not answer in time; is it running, and is the port right?"
        case _:
            sentence = f"{host} cannot be reached ({error.strerror or error}); is it running, and is the port right?"
    return MailServerUnavailable(sentence)


def _told_wait(said: str) -> timedelta | None:
    found = _BACKOFF.search(said)
    if found is None:
        return None
    milliseconds, seconds = found.groups()
    wait = timedelta(milliseconds=int(milliseconds[:12])) if milliseconds else timedelta(seconds=int(seconds[:9]))
    return min(wait, _LONGEST_WAIT)


def _legible(said: str) -> str:
    """Return the server's own words on one line, without the quotes that imaplib puts around bytes."""
    plain = re.sub(r"\bb(['\"])(.*?)\1", r"\2", said)
    return " ".join("".join(sign if sign.isprintable() else " " for sign in plain).split())[:_MOST_WORDS]
