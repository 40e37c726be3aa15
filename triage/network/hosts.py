"""The name of a server as the network knows it."""

from ipaddress import ip_address

LONGEST_HOST = 253


def network_name(host: str) -> str:
    """Return a host in ASCII, as it is connected to: `bücher.example` by its IDNA name, `[::1]` without brackets.

    Raises:
        ValueError: It is none.

    Source:
        RFC 1035 §2.3.4, RFC 3490, RFC 3986 §3.2.2.
    """
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    if ":" in bare:
        return str(ip_address(bare))
    if bare != host:
        raise ValueError(f"{host} is in brackets and no address")
    name = bare.removesuffix(".").encode("idna").decode()
    if not 1 <= len(name) <= LONGEST_HOST or not all(map(_is_label, name.split("."))):
        raise ValueError(f"{host} is no name of a host")
    return name


def _is_label(label: str) -> bool:
    # The underscore is no sign of a host, and some networks have it all the same.
    plain = label.replace("-", "").replace("_", "")
    return 1 <= len(label) <= 63 and not label.startswith("-") and label.isascii() and plain.isalnum()
