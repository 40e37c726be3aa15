"""Small pictures, and mail that carries them."""

from email.message import EmailMessage
from io import BytesIO

from PIL import Image


def picture(colour: tuple[int, int, int] = (200, 30, 30), *, side: int = 300, kind: str = "PNG") -> bytes:
    """A square of one colour."""
    file = BytesIO()
    Image.new("RGB", (side, side), colour).save(file, kind)
    return file.getvalue()


def mail_with(*images: bytes, subject: str = "It looks like this", name: str = "screen.png") -> bytes:
    """A mail that carries images."""
    message = EmailMessage()
    message["From"], message["To"] = "Jo Doe <jo@example.org>", "info@example.com"
    message["Subject"], message["Date"] = subject, "Mon, 02 Mar 2026 10:00:00 +0000"
    message.set_content("The page shows an error since noon. Please help.")
    for image in images:
        message.add_attachment(image, maintype="image", subtype="png", filename=name)
    return message.as_bytes()
