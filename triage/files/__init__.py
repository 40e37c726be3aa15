"""Mail in files: `.eml`, mbox, Maildir, JSON, folders of these, and standard input."""

from triage.files.item import Item
from triage.files.paths import NoSuchPath, mail_files
from triage.files.reading import mail_in, mail_in_stream

__all__ = ["Item", "NoSuchPath", "mail_files", "mail_in", "mail_in_stream"]
