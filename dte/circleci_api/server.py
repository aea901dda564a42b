"""The server of the stand-in: on loopback, for as long as its `with` block lasts."""

from __future__ import annotations

import secrets
from typing import TYPE_CHECKING, Self

from dte.circleci_api.state import ApiState
from dte.loopback import LoopbackServer

if TYPE_CHECKING:
    from dte.routes import Routes


class CircleCIApi(ApiState):
    """A context manager; inside it, `url` is the API's address on loopback."""

    def __init__(self) -> None:
        super().__init__()
        # Any user of this machine can reach the port, so the path is a secret.
        self._path = f"/{secrets.token_urlsafe(24)}/api/v2"
        self._server = LoopbackServer(self._load_routes)
        self.url = f"{self._server.url}{self._path}"

    def __enter__(self) -> Self:
        self._server.__enter__()
        return self

    def __exit__(self, kind: type[BaseException] | None, *error: object) -> None:
        self._server.__exit__(kind, *error)

    def _load_routes(self) -> Routes:
        from dte.circleci_api.routes import ApiRoutes

        return ApiRoutes(self, self._path)
