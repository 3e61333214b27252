"""Registering for a key, and who is asking."""

import hashlib
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from . import problems
from .problems import ApiError
from .store import StoreOf, Taken

router = APIRouter(prefix="/api")


class Registration(BaseModel):
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=200)]
    name: Annotated[str, Field(min_length=1, max_length=100)]


class Key(BaseModel):
    api_key: str


@router.post("/register", status_code=201, responses=problems.documented(400, 409))
async def register(store: StoreOf, registration: Registration) -> Key:
    """Gives a key for the header X-API-Key. It is shown once."""
    try:
        user = await store.insert_user(email=registration.email.lower(), name=registration.name, password_hash="")
    except Taken:
        raise ApiError(409, "email_taken", "There is a key for this address.") from None
    key = secrets.token_urlsafe(32)
    await store.insert_token(fingerprint(key), user["id"])
    return Key(api_key=key)


def fingerprint(key: str) -> str:
    """Keys are random and long, so that a quick digest keeps them from being read in the database."""
    return hashlib.sha256(key.encode()).hexdigest()


async def current_user(request: Request, store: StoreOf) -> int:
    user = await store.user_of_token(fingerprint(request.headers.get("x-api-key", "")))
    if user is None:
        raise ApiError(401, "unauthorized", "A valid key is needed.", {"WWW-Authenticate": 'ApiKey realm="todos"'})
    return user


CurrentUser = Annotated[int, Depends(current_user)]
