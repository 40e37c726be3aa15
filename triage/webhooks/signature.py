"""Signing, so that a receiver knows that it was us and that nothing was changed or sent by another again.

Source:
    Standard Webhooks, "Verifying webhook authenticity": `v1,` and base64 of HMAC-SHA256 over `id.timestamp.body`, with
    the secret's bytes as the key; several signatures are separated by spaces while a secret is replaced.
"""

import base64
import hashlib
import hmac
import secrets
from collections.abc import Sequence

PREFIX = "whsec_"
_KEY_BYTES = 32


def new_secret() -> str:
    """Return a secret to sign with."""
    return PREFIX + base64.b64encode(secrets.token_bytes(_KEY_BYTES)).decode()


def signature(message_id: str, timestamp: int, body: bytes, with_secrets: Sequence[str]) -> str:
    """Return what goes into the header `webhook-signature`, one part for each secret; `timestamp` is in seconds."""
    signed = f"{message_id}.{timestamp}.".encode() + body
    return " ".join(f"v1,{_of(signed, secret)}" for secret in with_secrets)


def _of(signed: bytes, secret: str) -> str:
    key = base64.b64decode(secret.removeprefix(PREFIX))
    return base64.b64encode(hmac.new(key, signed, hashlib.sha256).digest()).decode()
