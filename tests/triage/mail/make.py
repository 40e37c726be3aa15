"""Small messages with one thing changed."""


def message(body: str | bytes = "Hello.\n", **fields: str) -> bytes:
    """A message of plain text; `Content_Type="…"` adds or replaces the field `Content-Type`."""
    named = {"From": "Jo <jo@example.org>", "Content-Type": "text/plain; charset=utf-8"}
    named |= {name.replace("_", "-"): value for name, value in fields.items()}
    header = "".join(f"{name}: {value}\n" for name, value in named.items() if value)
    return f"{header}\n".encode() + (body if isinstance(body, bytes) else body.encode())


def part(body: str = "", **fields: str) -> str:
    """One part of a multipart."""
    return "".join(f"{name.replace('_', '-')}: {value}\n" for name, value in fields.items()) + f"\n{body}\n"


def multipart(*parts: str, subtype: str = "mixed", **fields: str) -> bytes:
    """A message of several parts."""
    body = "".join(f"--b\n{one}" for one in parts) + "--b--\n"
    return message(body, Content_Type=f"multipart/{subtype}; boundary=b", **fields)
