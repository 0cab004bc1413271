"""OpenAPI 3.1 at `/openapi.json` and a page to read it at `/docs`, served from here: no CDN."""

from __future__ import annotations

import copy
import json
import re
from typing import Any

from flask import Flask, Response, current_app, render_template_string, request
from flask_smorest import Api

from beraad.http.documentation_page import PAGE
from beraad.http.guards import public
from beraad.http.limits import ACCEPTED

CONVERTER = re.compile(r"<(?:[^<>:]+:)?([^<>:]+)>")
METHODS = ("get", "post", "put", "patch", "delete")

SECURITY_SCHEMES = {
    "bearer": {"type": "http", "scheme": "bearer", "bearerFormat": "JWT"},
    "api_key": {
        "type": "apiKey",
        "in": "header",
        "name": "Authorization",
        "description": "`ApiKey beraad_…`: an integrator's key",
    },
}


def install_documentation(app: Flask, api: Api) -> None:
    """Serve the document and the page."""

    @app.get("/openapi.json")
    @public
    def openapi() -> Response:
        return Response(json.dumps(described(api)), content_type="application/json")

    @app.get("/docs")
    @app.get("/")
    @public
    def docs() -> str:
        document = described(api)
        return render_template_string(PAGE, api=document, groups=_by_tag(document), root=request.script_root)


def described(api: Api) -> dict[str, Any]:
    """The OpenAPI document, with the address it is served under."""
    document: dict[str, Any] = copy.deepcopy(api.spec.to_dict())
    document["servers"] = [{"url": request.script_root or "/"}]
    document["security"] = [{"bearer": []}]
    components = document.setdefault("components", {})
    components["securitySchemes"] = SECURITY_SCHEMES
    for path in document["paths"].values():
        for method in METHODS:
            _as_problems(path.get(method, {}))
    _describe_views(document["paths"])
    return document


def _describe_views(paths: dict[str, Any]) -> None:
    """Each operation by its view's name, as generated clients call their functions, and the files a view reads."""
    for rule in current_app.url_map.iter_rules():
        operations = paths.get(CONVERTER.sub(r"{\1}", rule.rule), {})
        for method in METHODS:
            if method in operations and method.upper() in (rule.methods or ()):
                operations[method]["operationId"] = rule.endpoint.rpartition(".")[2]
                accepted = getattr(current_app.view_functions[rule.endpoint], ACCEPTED, None)
                if accepted is not None and "requestBody" not in operations[method]:
                    content = {kind: {"schema": {"type": "string"}} for kind in accepted.media_types}
                    operations[method]["requestBody"] = {"required": True, "content": content}


def _as_problems(operation: dict[str, Any]) -> None:
    """Errors are `application/problem+json`; any status may carry one."""
    responses = operation.get("responses", {})
    reference = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    for status in [status for status in responses if status.startswith(("4", "5")) or status == "default"]:
        if "text/html" not in responses[status].get("content", {}):  # a page a person reads
            del responses[status]
    if operation:
        responses["default"] = {"description": "A problem document (RFC 9457)", "content": reference}


def _by_tag(document: dict[str, Any]) -> dict[str, list[dict[str, Any]]]:
    groups: dict[str, list[dict[str, Any]]] = {}
    for path, operations in document["paths"].items():
        for method in METHODS:
            if method in operations:
                operation = {"path": path, "method": method.upper(), **operations[method]}
                groups.setdefault((operation.get("tags") or ["other"])[0], []).append(operation)
    return groups
