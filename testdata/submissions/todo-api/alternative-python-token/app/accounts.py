"""Registering, logging in, and who is asking."""

import hashlib
import hmac
import secrets
from typing import Annotated

from fastapi import APIRouter, Depends, Request
from pydantic import BaseModel, Field

from . import problems
from .problems import ApiError
from .store import StoreOf, Taken

router = APIRouter(prefix="/api/v1/auth")

SALT_BYTES = 16
COST = {"n": 2**14, "r": 8, "p": 1}


def hash_password(password: str) -> str:
    salt = secrets.token_bytes(SALT_BYTES)
    return f"scrypt:{salt.hex()}:{hashlib.scrypt(password.encode(), salt=salt, **COST).hex()}"


def matches(password: str, kept: str) -> bool:
    _, salt, key = kept.split(":")
    given = hashlib.scrypt(password.encode(), salt=bytes.fromhex(salt), **COST)
    return hmac.compare_digest(given, bytes.fromhex(key))


# Compared with when there is no such user, so that the answer takes as long.
NOBODY = hash_password(secrets.token_hex())


class Credentials(BaseModel):
    email: Annotated[str, Field(pattern=r"^[^@\s]+@[^@\s]+$", max_length=200)]
    password: Annotated[str, Field(min_length=8, max_length=200)]


class Registration(Credentials):
    name: Annotated[str, Field(min_length=1, max_length=100)]


class User(BaseModel):
    id: int
    name: str
    email: str
    role: str


class Token(BaseModel):
    token: str


@router.post("/signup", status_code=201, responses=problems.documented(400, 409))
async def sign_up(store: StoreOf, registration: Registration) -> User:
    """Makes an account."""
    try:
        return User(
            **await store.insert_user(
                email=registration.email.lower(),
                name=registration.name,
                password_hash=hash_password(registration.password),
            )
        )
    except Taken:
        raise ApiError(409, "email_taken", "There is an account with this address.") from None


@router.post("/login", responses=problems.documented(400, 401))
async def log_in(store: StoreOf, credentials: Credentials) -> Token:
    """Gives a token for the header Authorization: Bearer."""
    user = await store.find_user(credentials.email.lower())
    right = matches(credentials.password, user["password_hash"] if user else NOBODY)
    if not user or not right:
        raise unauthorized("invalid_credentials", "The address or the password is wrong.")
    token = secrets.token_urlsafe(32)
    await store.insert_token(fingerprint(token), user["id"])
    return Token(token=token)


def fingerprint(token: str) -> str:
    """Tokens are random and long, so that a quick digest keeps them from being read in the database."""
    return hashlib.sha256(token.encode()).hexdigest()


def unauthorized(code: str, detail: str) -> ApiError:
    return ApiError(401, code, detail, {"WWW-Authenticate": 'Bearer realm="todos"'})


async def current_user(request: Request, store: StoreOf) -> int:
    scheme, _, token = request.headers.get("authorization", "").partition(" ")
    user = await store.user_of_token(fingerprint(token)) if scheme.lower() == "bearer" else None
    if user is None:
        raise unauthorized("unauthorized", "A valid token is needed.")
    return user


CurrentUser = Annotated[int, Depends(current_user)]
