"""`triage accounts`: logins to mail servers, whose mail is read."""

import json
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console

from triage.api.account_schemas import PORTS, account_item
from triage.cli import account_secrets
from triage.cli.account_options import Provider, client_labels_of, finite, oauth_client_of, write_back_of
from triage.cli.accounts_complete import backfill, verify_accounts
from triage.cli.accounts_tables import accounts_table, folders_table
from triage.cli.consent import ask_for_consent
from triage.cli.failed import moment
from triage.cli.instance import services_of
from triage.cli.options import DataOption, JsonOption, MailboxOption
from triage.errors import InvalidAccount
from triage.imap import providers
from triage.imap.account import ImapAccount, Security, WriteBackBy
from triage.imap.accounts import first_shown
from triage.imap.grant import first_grant
from triage.imap.inspection import inspect
from triage.storage.secrets import Secret

app = typer.Typer(help="Logins to mail servers, whose mail is read.", no_args_is_help=True)

Name = Annotated[str, typer.Argument(metavar="NAME", help="Name of the account.")]
PasswordStdin = Annotated[bool, typer.Option("--password-stdin", help="Read the password from standard input.")]
SecretStdin = Annotated[
    bool, typer.Option("--client-secret-stdin", help="Read the client's secret from standard input.")
]
NoTest = Annotated[bool, typer.Option("--no-test", help="Do not log in before it is stored.")]


@app.command()
def add(
    name: Name,
    host: Annotated[str, typer.Option(metavar="H", help="Name of the IMAP server.")],
    user: Annotated[str, typer.Option(metavar="U", help="Whom to log in as, often the whole address.")],
    port: Annotated[int | None, typer.Option(min=1, max=65535, help="Port, if not 993 or 143.")] = None,
    security: Annotated[Security, typer.Option(help="How the connection is kept private.")] = Security.TLS,
    password_stdin: PasswordStdin = False,
    oauth: Annotated[Provider | None, typer.Option(help="Log in by OAuth instead of a password.")] = None,
    client_id: Annotated[str | None, typer.Option(metavar="ID", help="Our number at the provider.")] = None,
    client_secret_stdin: SecretStdin = False,
    tenant: Annotated[str | None, typer.Option(metavar="T", help="Your organisation at Microsoft.")] = None,
    authorization_url: Annotated[str | None, typer.Option(metavar="URL", help="Of a custom provider.")] = None,
    token_url: Annotated[str | None, typer.Option(metavar="URL", help="Of a custom provider.")] = None,
    scope: Annotated[str | None, typer.Option(metavar="S", help="Of a custom provider.")] = None,
    folder: Annotated[list[str] | None, typer.Option(metavar="F", help="Folder to read; may be repeated.")] = None,
    mailbox: MailboxOption = None,
    since: Annotated[
        datetime | None,
        typer.Option(metavar="TIME", parser=moment, help="Of mail that is there already, only what came since."),
    ] = None,
    interval: Annotated[
        float,
        typer.Option(metavar="SECONDS", min=1, max=86_400, callback=finite, help="Between two looks at all folders."),
    ] = 60,
    write_back: Annotated[
        WriteBackBy | None, typer.Option(help="Tell the server what became of an email; off by default.")
    ] = None,
    tell: Annotated[
        list[str] | None, typer.Option(metavar="BAND=NAME", help="Keyword or folder of a band; may be repeated.")
    ] = None,
    topic_folder: Annotated[
        list[str] | None, typer.Option(metavar="FOLDER=TOPIC", help="A move there means this topic; may be repeated.")
    ] = None,
    urgency_flag: Annotated[
        list[str] | None, typer.Option(metavar="FLAG=URGENCY", help="This flag means this urgency; may be repeated.")
    ] = None,
    insecure: Annotated[bool, typer.Option("--insecure", help="Let the password cross a network unencrypted.")] = False,
    no_test: NoTest = False,
    data: DataOption = None,
) -> None:
    """Add an account. It is tried first, and stored when the login works; nothing is changed on the server."""
    client = oauth_client_of(
        oauth,
        client_id=client_id,
        tenant=tenant,
        authorization_url=authorization_url,
        token_url=token_url,
        scope=scope,
    )
    written, labels = write_back_of(write_back, tell or []), client_labels_of(topic_folder or [], urgency_flag or [])
    services, now = services_of(data), datetime.now(UTC)
    account = ImapAccount(
        id=0,
        name=name,
        mailbox=mailbox or services.settings.default_mailbox,
        created_at=now,
        host=host,
        port=port or PORTS[security],
        security=security,
        username=user,
        folders=tuple(folder or ["INBOX"]),
        since=since,
        interval=timedelta(seconds=interval),
        oauth=client,
        write_back=written,
        client_labels=labels,
    )
    services.accounts.require_new(account, insecure=insecure)
    secret = _first_secret(account, password_stdin=password_stdin, client_secret_stdin=client_secret_stdin)
    if not no_test:
        Console(highlight=False).print(folders_table(inspect(account, first_shown(account, secret))))
    services.accounts.add(account, secret, now, insecure=insecure)
    typer.echo(f"account {name} is added; `triage poll` and `triage up` read its mail")


@app.command("test")
def try_out(name: Name, as_json: JsonOption = False, data: DataOption = None) -> None:
    """Log in and list the folders; when that fails, say what is wrong. Nothing is read and nothing changed."""
    folders = services_of(data).accounts.test(name)
    if as_json:
        _print_json([{"name": one.name, "messages": one.messages, "is_read": one.is_read} for one in folders])
        return
    Console(highlight=False).print(folders_table(folders))


@app.command("list")
def list_accounts(as_json: JsonOption = False, data: DataOption = None) -> None:
    """List all accounts and how it goes with them."""
    now = datetime.now(UTC)
    found = services_of(data).accounts.with_status(now)
    if as_json:
        _print_json([account_item(*one).model_dump(mode="json") for one in found])
        return
    if not found:
        typer.echo("there is no account; `triage accounts add` adds one")
        return
    Console(highlight=False).print(accounts_table(found, now))


@app.command()
def remove(
    name: Name,
    sure: Annotated[bool, typer.Option("--yes", help="Do not ask.")] = False,
    data: DataOption = None,
) -> None:
    """Forget an account. The emails that it brought stay, and the mail server is not touched."""
    accounts = services_of(data).accounts
    accounts.by_name(name)
    if not sure:
        typer.confirm(f"remove account {name}?", abort=True, err=True)
    accounts.remove(name)
    typer.echo(f"account {name} is removed; its emails stay")


app.command("verify")(verify_accounts)
app.command("backfill")(backfill)


@app.command()
def password(
    name: Name, password_stdin: PasswordStdin = False, no_test: NoTest = False, data: DataOption = None
) -> None:
    """Give an account its new password; it is tried first, and stored when the login works."""
    accounts = services_of(data).accounts
    account = accounts.by_name(name)
    if account.oauth is not None:
        raise InvalidAccount(f"account {name} logs in by OAuth; use `triage accounts consent {name}`")
    secret = {"password": account_secrets.password(from_stdin=password_stdin)}
    if not no_test:
        inspect(account, first_shown(account, secret))
    accounts.change_secret(name, secret)
    typer.echo(f"account {name} has its new password")


@app.command()
def consent(name: Name, client_secret_stdin: SecretStdin = False, data: DataOption = None) -> None:
    """Consent anew to an account's mail being read, when consent has run out or was taken back."""
    accounts = services_of(data).accounts
    account = accounts.by_name(name)
    if account.oauth is None:
        raise InvalidAccount(f"account {name} logs in by password; use `triage accounts password {name}`")
    given = account_secrets.client_secret(from_stdin=client_secret_stdin, is_needed=False)
    accounts.change_secret(name, _consented(account, given or accounts.secret_of(name)["client_secret"]))
    accounts.test(name)
    typer.echo(f"account {name} may be read again")


@app.command()
def rekey(data: DataOption = None) -> None:
    """Encrypt all secrets with the first key of TRIAGE_SECRET_KEY, so that the others may be dropped."""
    services = services_of(data)
    count = services.accounts.encrypt_anew() + services.webhooks.encrypt_anew()
    typer.echo(f"{count:,} secrets are encrypted with the first key")


def _first_secret(account: ImapAccount, *, password_stdin: bool, client_secret_stdin: bool) -> Secret:
    if account.oauth is None:
        return {"password": account_secrets.password(from_stdin=password_stdin)}
    is_needed = account.oauth.provider == providers.GOOGLE
    return _consented(account, account_secrets.client_secret(from_stdin=client_secret_stdin, is_needed=is_needed))


def _consented(account: ImapAccount, client_secret: str) -> Secret:
    assert account.oauth is not None  # noqa: S101 (asked of accounts that have it)
    tokens = ask_for_consent(account.name, account.oauth, account.username, client_secret)
    return first_grant(client_secret, tokens, datetime.now(UTC)).as_secret()


def _print_json(value: object) -> None:
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))
