"""Read by gunicorn by itself when it starts here. How it is started stands in the Procfile."""

from gunicorn.http.wsgi import Response

_default_headers = Response.default_headers


def _without_server(self: Response) -> list[str]:
    """Nobody is told which server answers; gunicorn has no setting for it."""
    return [line for line in _default_headers(self) if not line.startswith("Server:")]


Response.default_headers = _without_server
