"""What the model sees of an example: as in the product, the newest writer's own words."""

from training.corpus import Example
from triage.mail import MailText
from triage.mail.quotes import own_text


def mail_text(example: Example) -> MailText:
    """Return the subject and the body without quoted history, exactly as intake stores them."""
    own, _ = own_text(example.body, subject=example.subject)
    return MailText(example.subject, own)
