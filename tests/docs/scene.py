"""Where the commands of pages are run: a folder with what they name, an instance that runs, a mail server.

    ~/triage                 the instance, as `--data ~/triage` and as TRIAGE_DATA_DIR; `--data .data` means it too
    127.0.0.1:8025           where it serves
    mail.example.com         a Dovecot; SSL_CERT_FILE trusts it, TRIAGE_ACCOUNT_PASSWORD has the password
    mail/, archive.mbox, mail.eml, emails.jsonl, april.csv    mail and labels, from the sample mail
    ours/                    the bundle of a text model
    $KEY                     a key of an administrator

The mailbox `main` has the sample mail, read; `support` has some of it again.
"""

import mailbox
import os
import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from tests.docs.commands import Command
from tests.docs.fences import ROOT
from tests.imap_servers.dovecot import DovecotServer
from tests.pictures import picture
from tests.system.conftest import Instance
from triage.serving.manifest import DEFAULT_BUNDLE, manifest_in, write_manifest

MAIL_USER, PASSWORD = "support@example.com", "correct horse"
SAMPLES = sorted((ROOT / "triage" / "demo" / "mail").glob("*.eml"))
VERSION = "text-1f2e7d90ab34"  # as docs/models.md has it
CSV = "subject;body;topic;action_required\nRechnung falsch;Guten Tag, die Rechnung stimmt nicht.;billing;ja\n"
JSON_LINES = '{"subject": "Lift stuck", "body": "Two people are inside since noon."}\n'
PATIENCE_SECONDS = 240


@dataclass(frozen=True)
class Came:
    """What came of a command."""

    command: Command
    code: int
    output: str
    errors: str

    def __str__(self) -> str:
        return (
            f"{self.command.page}:{self.command.line}: exit {self.code}\n"
            f"$ {self.command.text}\n{self.output}{self.errors}"
        )


class Scene:
    """The prepared folder with what runs beside it."""

    def __init__(self, folder: Path, instance: Instance, dovecot: DovecotServer) -> None:
        self.home, self.instance = folder, instance
        self.work = folder / "work"
        self._environment = {
            **{name: value for name, value in instance.environment.items() if not name.startswith("XDG_")},
            "HOME": str(self.home),
            "PATH": f"{self.home / 'bin'}:{Path(sys.executable).parent}:{os.environ['PATH']}",
            "KEY": instance.key,
            "EDITOR": "true",
            "USER": "anna",
            "SSL_CERT_FILE": str(dovecot.certificate),
            "TRIAGE_ACCOUNT_PASSWORD": PASSWORD,
        }
        self._stands_for = {
            "localhost:8025": f"127.0.0.1:{instance.port}",
            "127.0.0.1:8025": f"127.0.0.1:{instance.port}",
            "--data .data": "--data ~/triage",
            "--host mail.example.com": f"--host localhost --port {dovecot.tls_port}",
            "/data/run/": f"{instance.data}/run/",
        }
        self._prepare()

    def run(self, commands: Sequence[Command]) -> list[Came]:
        """Run the commands of a page, one after the other in one shell, each whatever became of those before."""
        folder = self.home / "came"
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir()
        script = "\n".join(
            f"{{\n{self._meant(command.text)}\n}} >{folder}/{number}.out 2>{folder}/{number}.err </dev/null\n"
            f"echo $? >{folder}/{number}.code"
            for number, command in enumerate(commands)
        )
        subprocess.run(
            ["bash"],
            input=script,
            text=True,
            cwd=self.work,
            env=self._environment,
            timeout=PATIENCE_SECONDS,
            check=True,
        )
        return [
            Came(command, int(self._told(number, "code")), self._told(number, "out"), self._told(number, "err"))
            for number, command in enumerate(commands)
        ]

    def _told(self, number: int, what: str) -> str:
        return (self.home / "came" / f"{number}.{what}").read_text(encoding="utf-8", errors="replace")

    def _meant(self, text: str) -> str:
        for name, meant in self._stands_for.items():
            text = text.replace(name, meant)
        return text

    def _prepare(self) -> None:
        bin_folder, mail = self.home / "bin", self.work / "mail"
        for folder in (bin_folder, mail):
            folder.mkdir(parents=True)
        # An answer that is no success fails the command; by itself curl takes any answer for one.
        curl = bin_folder / "curl"
        curl.write_text(f'#!/bin/sh\nexec {shutil.which("curl")} --fail-with-body --silent --show-error "$@"\n')
        curl.chmod(0o755)
        (self.work / ".venv").symlink_to(sys.prefix)
        for sample in SAMPLES[:3]:
            shutil.copy(sample, mail)
        archive = mailbox.mbox(self.work / "archive.mbox")
        archive.add(SAMPLES[3].read_bytes())
        archive.close()
        shutil.copy(SAMPLES[4], self.work / "mail.eml")
        (self.work / "emails.jsonl").write_text(JSON_LINES)
        (self.work / "april.csv").write_text(CSV)
        (self.work / "screen.png").write_bytes(picture())
        bundle = shutil.copytree(DEFAULT_BUNDLE, self.work / "ours")
        for version in (VERSION, "text-of-ours"):  # the first is installed, the second is what lies there
            write_manifest(bundle, replace(manifest_in(DEFAULT_BUNDLE), version=version))
            if version == VERSION:
                self._must("ingest", *map(str, SAMPLES[:5]), "--mailbox", "support")
                self._must("models", "install", str(bundle), "--mailbox", "support")

    def _must(self, *arguments: str) -> None:
        done = self.instance.triage(*arguments)
        assert done.returncode == 0, done.stderr
