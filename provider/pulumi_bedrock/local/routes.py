"""Makes a method a control: its body is what the server does at a route, and a call of it is a request there."""

from __future__ import annotations

import functools
import inspect
import json
from collections.abc import Callable, Iterable
from typing import Any, ParamSpec, TypeVar

from moto.core.exceptions import ServiceException
from moto.core.utils import underscores_to_camelcase
from werkzeug.exceptions import HTTPException
from werkzeug.routing import Map, Rule
from werkzeug.wrappers import Request, Response

from .models import BedrockBackend

__all__ = ["OVERVIEW", "ControlPath", "control"]

Parameters = ParamSpec("Parameters")
Result = TypeVar("Result")

_ROUTES = Map()
OVERVIEW: list[str] = []
"""A line about each route: verb, path, members and what it does."""


def control(
    verb: str, *paths: str, body: str | None = None, answer: str | None = None
) -> Callable[[Callable[Parameters, Result]], Callable[Parameters, Result]]:
    """Give a method these paths under ``/moto-api/bedrock``.

    Its arguments are members of the request, in camelCase, and its result is the response. With ``body``, that one
    argument is the whole request; with ``answer``, the result is that member of the response.
    """

    def decorate(method: Callable[Parameters, Result]) -> Callable[Parameters, Result]:
        signature = inspect.signature(method)
        names = {underscores_to_camelcase(name): name for name in signature.parameters if name != "self"}

        def serve(controls: Any, members: dict[str, Any]) -> Any:
            given = {body: members} if body else {names.get(key, key): value for key, value in members.items()}
            bound = signature.bind(controls, **given)
            result: Any = method(*bound.args, **bound.kwargs)
            return {answer: result} if answer else {} if result is None else result

        @functools.wraps(method)
        def call(*args: Parameters.args, **kwargs: Parameters.kwargs) -> Any:
            given = signature.bind(*args, **kwargs).arguments
            members = {**given.pop("members", {}), **{key: given[name] for key, name in names.items() if name in given}}
            in_url, in_body = ({}, members[body] if body else members) if verb == "POST" else (members, {})
            content = given["self"]._request(verb, _ROUTES.bind("").build(serve, in_url, verb), in_body)
            return content[answer] if answer else None if content == {} else content

        for path in paths:
            _ROUTES.add(Rule(f"/moto-api/bedrock{path}", methods=[verb], endpoint=serve))
            OVERVIEW.append(f"{verb:6} {path} ({', '.join(names)}): {str(method.__doc__).splitlines()[0]}")
        return call

    return decorate


class ControlPath:
    """The WSGI application of the routes."""

    def __init__(self, controls: object) -> None:
        self._controls = controls

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        """Answer one request; an invalid one gets status 400 and the reason."""
        request = Request(environ)
        try:
            serve, in_path = _ROUTES.bind_to_environ(environ).match()
            members = (
                request.get_json(force=True) if request.method == "POST" else {**request.args.to_dict(), **in_path}
            )
            with BedrockBackend.lock:
                status, content = 200, serve(self._controls, members)
        except HTTPException as error:
            status, content = error.code or 500, {"error": error.description}
        except KeyError as error:
            status, content = 400, {"error": f"unknown or missing member {error}"}
        except (ServiceException, TypeError, ValueError) as error:
            status, content = 400, {"error": str(error)}
        return Response(json.dumps(content), status, content_type="application/json")(environ, start_response)
