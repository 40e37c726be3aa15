"""Whatever goes wrong with a mail server, as one of our errors."""

from collections.abc import Iterator
from contextlib import contextmanager

from imapclient.exceptions import (
    IMAPClientAbortError,
    IMAPClientError,
    IMAPClientReadOnlyError,
    LoginError,
    ProtocolError,
)

from triage.errors import CommandRefused, FolderNotFound, MailServerUnavailable
from triage.imap.answers import is_about_folder, is_about_login, network_error, refusal


@contextmanager
def translated(host: str, folder: str | None = None) -> Iterator[None]:
    """Make what a server or the network says no with into an error of ours."""
    try:
        yield
    except LoginError as error:
        raise refusal(host, str(error), at_login=True) from None  # its cause quotes the login
    except IMAPClientReadOnlyError as error:  # a kind of abort to the library, though the connection lives
        where = folder or "this folder"
        raise CommandRefused(f"{host} lets us read {where} and not write there; may this user do so?") from error
    except IMAPClientAbortError as error:
        if is_about_login(str(error)):
            raise refusal(host, str(error), at_login=True) from None
        raise MailServerUnavailable(f"{host} broke off; the connection is made anew") from error
    except ProtocolError as error:
        raise _unintelligible(host) from error
    except IMAPClientError as error:
        if folder is not None and is_about_folder(str(error)):
            raise FolderNotFound(
                f"the mail server has no folder {folder}; `triage accounts test` shows which it has"
            ) from error
        raise refusal(host, str(error)) from error
    except OSError as error:
        raise network_error(host, error) from error
    # The library's parsers, at a loss.
    except (ValueError, LookupError, ArithmeticError, TypeError, AttributeError, RecursionError) as error:
        raise _unintelligible(host) from error


def _unintelligible(host: str) -> MailServerUnavailable:
    # What comes next would be taken for the answer to something else.
    return MailServerUnavailable(f"{host} answers what cannot be understood; the connection is made anew")
