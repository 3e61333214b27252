"""Turns every error into a problem document (RFC 9457)."""

import logging
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from .models import FieldError, Problem

log = logging.getLogger("todo-api")


class ApiError(Exception):
    def __init__(self, status: int, code: str, detail: str, headers: dict[str, str] | None = None):
        super().__init__(detail)
        self.status, self.code, self.detail, self.headers = status, code, detail, headers


class NotFound(ApiError):
    def __init__(self) -> None:
        super().__init__(404, "todo_not_found", "There is no todo with this id.")


class Unavailable(ApiError):
    def __init__(self) -> None:
        super().__init__(
            503, "database_unavailable", "The database cannot be reached, try again later.", {"Retry-After": "5"}
        )


def answer(
    status: int, code: str, detail: str, errors: list[FieldError] | None = None, headers: dict[str, str] | None = None
) -> JSONResponse:
    problem = Problem(
        type="about:blank", title=HTTPStatus(status).phrase, status=status, detail=detail, code=code, errors=errors
    )
    return JSONResponse(
        problem.model_dump(exclude_none=True), status, headers=headers, media_type="application/problem+json"
    )


def documented(*statuses: int | str) -> dict:
    """What the OpenAPI description says about errors with these statuses."""
    return {status: {"model": Problem, "description": "What went wrong"} for status in statuses}


def install(app: FastAPI) -> None:
    describe_api = app.openapi

    def with_media_type() -> dict:
        """The framework documents errors as application/json; they are sent as application/problem+json."""
        if app.openapi_schema is None:
            for path in describe_api()["paths"].values():
                for operation in path.values():
                    for status, response in operation["responses"].items():
                        if not status.startswith("2"):
                            response["content"]["application/problem+json"] = response["content"].pop("application/json")
        return app.openapi_schema

    app.openapi = with_media_type

    @app.exception_handler(ApiError)
    async def known(request: Request, error: ApiError) -> JSONResponse:
        return answer(error.status, error.code, error.detail, headers=error.headers)

    @app.exception_handler(RequestValidationError)
    async def invalid(request: Request, error: RequestValidationError) -> JSONResponse:
        faults = error.errors()
        if any(fault["type"] == "json_invalid" for fault in faults):
            return answer(400, "malformed_body", "The request body is not valid JSON.")
        if any(fault["loc"] == ("body",) for fault in faults):
            return answer(400, "malformed_body", "The request body must be a JSON object.")
        errors = [describe(fault) for fault in faults]
        return answer(400, "validation_failed", "; ".join(one.message for one in errors), errors)

    @app.exception_handler(HTTPException)
    async def refused(request: Request, error: HTTPException) -> JSONResponse:
        code, detail = {
            400: ("malformed_body", "The request body could not be read."),
            404: ("route_not_found", "There is nothing at this address."),
            405: ("method_not_allowed", "The method is not allowed here."),
        }.get(error.status_code, ("request_refused", "The request was refused."))
        return answer(error.status_code, code, detail, headers=error.headers)

    @app.exception_handler(Exception)
    async def unexpected(request: Request, error: Exception) -> JSONResponse:
        log.error("%s %s failed", request.method, request.url.path)
        return answer(500, "internal_error", "Something went wrong on our side.")


def describe(fault: dict) -> FieldError:
    """Says in our words what pydantic says in its own, so that an update of it does not change the API."""
    field = str(fault["loc"][-1])
    code, reason = {
        "missing": ("required", "is required"),
        "string_type": ("type", "must be a string"),
        "string_unicode": ("characters", "has characters that cannot be stored"),
        "string_too_short": ("blank", "must not be blank"),
        "string_too_long": ("length", f"must have at most {fault.get('ctx', {}).get('max_length')} characters"),
        "bool_type": ("type", "must be true or false"),
        "literal_error": ("choice", "must be one of low, medium, high"),
        "int_parsing": ("type", "must be a whole number"),
        "int_parsing_size": ("range", "is too large"),
        "greater_than_equal": ("range", "is too small"),
        "less_than_equal": ("range", "is too large"),
        "date_from_datetime_parsing": ("date", "must be a date such as 2026-03-31, or null"),
        "date_parsing": ("date", "must be a date such as 2026-03-31, or null"),
        "value_error": ("value", str(fault.get("ctx", {}).get("error", "is not valid"))),
    }.get(fault["type"], ("value", "is not valid"))
    return FieldError(field=field, code=code, message=f"{field} {reason}")
