"""Whether an API is there to be used."""

from http.client import HTTPConnection


def serves(host: str, port: int) -> bool:
    """Say whether an API at this address answers that it is ready."""
    connection = HTTPConnection(host, port, timeout=2)
    try:
        connection.request("GET", "/readyz")
        return connection.getresponse().status == 200
    except OSError:
        return False
    finally:
        connection.close()
