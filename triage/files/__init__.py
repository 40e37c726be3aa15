"""Mail in files: `.eml`, mbox, Maildir, JSON, folders of these, and standard input; and what people said of mail."""

from triage.files.item import Item
from triage.files.label_fields import LabelledMail
from triage.files.label_lines import LabelledItem, labels_in
from triage.files.paths import NoSuchPath, mail_files
from triage.files.reading import mail_in, mail_in_stream

__all__ = [
    "Item",
    "LabelledItem",
    "LabelledMail",
    "NoSuchPath",
    "labels_in",
    "mail_files",
    "mail_in",
    "mail_in_stream",
]
