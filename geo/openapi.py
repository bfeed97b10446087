"""The description of the addresses for programs: OpenAPI 3.1, made from the same table that reads them."""

from __future__ import annotations

from typing import Any, Final

from geo.api import ENDPOINTS, LANG, LAYERS, QUERY_CHARS
from geo.api_values import Parameter
from geo.i18n import LANGUAGES
from geo.schema import EVIDENCE

_TYPES: Final = {"text": "string", "number": "number", "integer": "integer"}


def _parameter(parameter: Parameter) -> dict[str, Any]:
    schema: dict[str, Any] = {"type": _TYPES.get(parameter.kind, "string")}
    choices = ("0", "1", "false", "true") if parameter.kind == "flag" else parameter.choices
    if choices:
        schema["enum"] = list(choices)
    if parameter.most > 1:
        schema = {"type": "array", "items": schema, "minItems": 1, "maxItems": parameter.most}
    return {
        "name": parameter.name,
        "in": "query",
        "required": parameter.required,
        "description": parameter.meaning,
        "schema": schema,
        **({"style": "form", "explode": True} if parameter.most > 1 else {}),
    }


def _content(schema: str, media_type: str = "application/json") -> dict[str, Any]:
    return {media_type: {"schema": {"$ref": f"#/components/schemas/{schema}"}}}


def _responses(schema: str, media_type: str = "application/json") -> dict[str, Any]:
    told = {
        "400": "The question cannot be asked as it stands.",
        "404": "No such place, layer or address.",
        "405": "Only GET and HEAD are answered; OPTIONS says so.",
        "500": "A fault of the program; its log has it.",
        "503": "Too many questions at once, or a faulty table of the operator's.",
    }
    return {
        "200": {"description": "The answer.", "content": _content(schema, media_type)},
        **{status: {"description": text, "content": _content("Error")} for status, text in told.items()},
    }


def _schemas() -> dict[str, Any]:
    texts = {"type": "string"}
    return {
        "Error": {
            "type": "object",
            "required": ["error"],
            "properties": {
                "error": {
                    "type": "object",
                    "required": ["code", "message"],
                    "properties": {"code": texts, "message": texts},
                }
            },
        },
        "Answer": {
            "type": "object",
            "required": ["question", "answer"],
            "properties": {
                "training": {"type": "string", "description": "Present when illustrative places were asked for."},
                "question": {
                    "type": "object",
                    "required": ["verb"],
                    "description": "Every parameter of the question, defaults included.",
                },
                "answer": {
                    "type": "object",
                    "required": ["evidence", "notes", "data"],
                    "description": "As the command line prints it with --json: numbers carry their unit in the name, unknown is null.",
                    "properties": {
                        "evidence": {"enum": [*EVIDENCE, None]},
                        "notes": {"type": "array", "items": texts},
                        "data": {
                            "type": "object",
                            "properties": {"digest": texts, "own_tables": {"type": "array", "items": texts}},
                        },
                    },
                },
            },
        },
        "FeatureCollection": {
            "type": "object",
            "required": ["type", "features"],
            "properties": {
                "type": {"const": "FeatureCollection"},
                "features": {"type": "array", "items": {"type": "object"}},
            },
        },
    }


def description(version: str, server: str) -> dict[str, Any]:
    """Describe every address.

    Parameters
    ----------
    version
        Of the program.
    server
        Base path of the server, empty or beginning with a slash.
    """
    paths: dict[str, Any] = {
        f"/api/{name}": {
            "get": {
                "operationId": name,
                "summary": endpoint.summary,
                "parameters": [_parameter(one) for one in (*endpoint.parameters, LANG)],
                "responses": _responses("Answer"),
            }
        }
        for name, endpoint in ENDPOINTS.items()
    }
    named = {"name": "name", "in": "path", "required": True, "schema": {"type": "string", "enum": list(LAYERS)}}
    training = Parameter("training", "1: for an exercise, illustrative places too, labelled as such.", "flag")
    paths["/api/layers/{name}.geojson"] = {
        "get": {
            "operationId": "layer",
            "summary": "A table as GeoJSON.",
            "parameters": [named, _parameter(training), _parameter(LANG)],
            "responses": _responses("FeatureCollection", "application/geo+json"),
        }
    }
    told = f"Read only. A query string holds at most {QUERY_CHARS} characters. Languages: {', '.join(LANGUAGES)}."
    return {
        "openapi": "3.1.0",
        "info": {"title": "Symap", "version": version, "description": told},
        "servers": [{"url": server or "/"}],
        "paths": paths,
        "components": {"schemas": _schemas()},
    }
