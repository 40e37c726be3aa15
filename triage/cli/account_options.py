"""What the options of `triage accounts add` mean together."""

from collections.abc import Sequence
from enum import StrEnum
from math import isfinite
from typing import TypeVar

import typer

from triage.imap import providers
from triage.imap.account import ClientLabels, OAuthClient, WriteBack, WriteBackBy
from triage.labels import Band, Urgency

Named = TypeVar("Named", bound=StrEnum)


class Provider(StrEnum):
    """Who vouches for us at a mail server."""

    GOOGLE = providers.GOOGLE
    MICROSOFT = providers.MICROSOFT
    CUSTOM = providers.CUSTOM


def write_back_of(by: WriteBackBy | None, told: Sequence[str]) -> WriteBack | None:
    """Return what the server is told; `None` when nothing.

    Raises:
        BadParameter: The options do not fit together.
    """
    if by is None and told:
        raise typer.BadParameter("--tell says what --write-back sets; give --write-back keyword or move as well")
    if by is None:
        return None
    pairs = [_pair(text, "--tell", "critical=triage-critical") for text in told]
    if len({band for band, _ in pairs}) < len(pairs):
        raise typer.BadParameter("--tell names a band twice; name it once")
    return WriteBack(by, {_named(Band, band, "--tell"): name for band, name in pairs})


def client_labels_of(topic_folders: Sequence[str], urgency_flags: Sequence[str]) -> ClientLabels | None:
    """Return what people do in their mail program that counts as a label; `None` when nothing does.

    Raises:
        BadParameter: An option has no `=`, or names no urgency.
    """
    if not topic_folders and not urgency_flags:
        return None
    folders = dict(_pair(text, "--topic-folder", "Invoices=billing") for text in topic_folders)
    flags = dict(_pair(text, "--urgency-flag", r"'\Flagged=high'") for text in urgency_flags)
    urgencies = {flag: _named(Urgency, urgency, "--urgency-flag") for flag, urgency in flags.items()}
    return ClientLabels(folders, urgencies)


def oauth_client_of(
    provider: Provider | None,
    *,
    client_id: str | None,
    tenant: str | None,
    authorization_url: str | None,
    token_url: str | None,
    scope: str | None,
) -> OAuthClient | None:
    """Return who we are to an identity provider; `None` for a login by password.

    Raises:
        BadParameter: An option is missing, or is about another provider.
        InvalidAccount: One has a value that cannot be used.
    """
    own = (authorization_url, token_url, scope)
    if provider is None:
        if any((client_id, tenant, *own)):
            raise typer.BadParameter("--client-id and what goes with it is for a login by OAuth; say --oauth as well")
        return None
    if not client_id:
        raise typer.BadParameter("--oauth needs --client-id, which the provider gave when Triage was registered there")
    if tenant and provider is not Provider.MICROSOFT:
        raise typer.BadParameter("--tenant is Microsoft's; leave it out")
    if any(own) and provider is not Provider.CUSTOM:
        raise typer.BadParameter(f"the addresses of {provider} are known; leave out --authorization-url and the like")
    match provider:
        case Provider.GOOGLE:
            return providers.google(client_id)
        case Provider.MICROSOFT:
            return providers.microsoft(client_id, tenant or providers.ANY_TENANT)
    if not (authorization_url and token_url and scope):
        raise typer.BadParameter("--oauth custom needs --authorization-url, --token-url and --scope")
    return providers.custom(client_id, authorization_url=authorization_url, token_url=token_url, scope=scope)


def finite(number: float) -> float:
    """Return a number; what is none is within every bound.

    Raises:
        BadParameter: It is none.
    """
    if not isfinite(number):
        raise typer.BadParameter(f"{number} is no number")
    return number


def _pair(text: str, option: str, example: str) -> tuple[str, str]:
    """Return what stands left and right of the sign of equality: our word has none, the server's name may have some."""
    left, sign, right = text.partition("=") if option == "--tell" else text.rpartition("=")
    if not (left and sign and right):
        raise typer.BadParameter(f"{option} {text} says nothing; write {option} {example}")
    return left, right


def _named(kind: type[Named], name: str, option: str) -> Named:
    try:
        return kind(name)
    except ValueError as error:
        names = ", ".join(one.value for one in kind)
        raise typer.BadParameter(f"{option}: there is no {name}; choose of {names}") from error
