"""What a client may send and what it gets back."""

import re
from datetime import date, datetime
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BaseModel, BeforeValidator, Field, StrictBool, StringConstraints


def without_nul(value: str) -> str:
    if "\0" in value:
        raise ValueError("must not contain the NUL character")
    return value


def calendar_date(value: Any) -> Any:
    """Lets only YYYY-MM-DD through; pydantic alone would take numbers and times as well."""
    if value is None or isinstance(value, str) and re.fullmatch(r"\d{4}-\d{2}-\d{2}", value):
        return value
    raise ValueError("must be a date such as 2026-03-31, or null")


Title = Annotated[
    str,
    StringConstraints(strict=True, strip_whitespace=True, min_length=1, max_length=200),
    AfterValidator(without_nul),
]
Description = Annotated[str, StringConstraints(strict=True, max_length=2000), AfterValidator(without_nul)]
DueDate = Annotated[date | None, BeforeValidator(calendar_date)]
Priority = Literal["low", "medium", "high"]


class TodoInput(BaseModel):
    """A whole todo. Unknown properties are ignored."""

    title: Title
    description: Description = ""
    completed: StrictBool = False
    due_date: DueDate = None
    priority: Priority = "medium"

    model_config = {
        "json_schema_extra": {"examples": [{"title": "Water the plants", "due_date": "2026-03-31", "priority": "high"}]}
    }


class TodoPatch(BaseModel):
    """A JSON merge patch (RFC 7396). Fields that are left out keep their values."""

    # The defaults are never written, for only the fields that were sent are looked at. They are made by
    # functions so that the OpenAPI description does not mention them.
    title: Title = Field(default_factory=str)
    description: Description = Field(default_factory=str)
    completed: StrictBool = Field(default_factory=bool)
    due_date: DueDate = Field(default_factory=lambda: None)
    priority: Priority = Field(default_factory=lambda: "medium")

    model_config = {"json_schema_extra": {"examples": [{"completed": True}]}}


class Todo(BaseModel):
    id: int
    title: str
    description: str
    completed: bool
    due_date: date | None
    priority: Priority
    created_at: datetime
    updated_at: datetime


class FieldError(BaseModel):
    field: str
    code: str
    message: str


class Problem(BaseModel):
    """The body of every error (RFC 9457)."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    errors: list[FieldError] | None = None
