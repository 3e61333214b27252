"""The routes."""

import logging
from contextlib import asynccontextmanager
from time import perf_counter
from typing import Annotated

from fastapi import APIRouter, Depends, FastAPI, Path, Query, Request, Response

from . import problems
from .accounts import CurrentUser, router as accounts
from .limits import SizeLimits
from .models import Todo, TodoInput, TodoPatch
from .problems import ApiError
from .store import Store, StoreOf

access = logging.getLogger("access")

LARGEST_ID = 2**63 - 1
JSON = "application/json"
MERGE_PATCH = "application/merge-patch+json"

router = APIRouter(prefix="/todos")


def only_media(*accepted: str):
    def check(request: Request) -> None:
        given = request.headers.get("content-type", "").split(";")[0].strip().lower()
        if given not in accepted:
            headers = {"Accept-Patch": ", ".join(accepted)} if request.method == "PATCH" else None
            raise ApiError(415, "unsupported_media_type", f"The Content-Type must be {' or '.join(accepted)}.", headers)

    return Depends(check)


TodoId = Annotated[int, Path(ge=1, le=LARGEST_ID, description="Number of the todo")]


@router.head("", include_in_schema=False)
@router.get("")
async def list_todos(
    store: StoreOf,
    user: CurrentUser,
    limit: Annotated[int, Query(ge=1, le=1000, description="Size of the page")] = 100,
    offset: Annotated[int, Query(ge=0, le=10**9, description="How many todos to skip")] = 0,
) -> list[Todo]:
    """One page of the todos, newest first."""
    return [Todo(**row) for row in await store.all(user, limit, offset)]


@router.post("", status_code=201, dependencies=[only_media(JSON)], responses=problems.documented(400, 413, 415))
async def create_todo(store: StoreOf, user: CurrentUser, todo: TodoInput, response: Response) -> Todo:
    """Creates a todo."""
    created = Todo(**await store.insert(user, todo.model_dump()))
    response.headers["Location"] = f"{router.prefix}/{created.id}"
    return created


@router.head("/{id}", include_in_schema=False)
@router.get("/{id}", responses=problems.documented(400, 404))
async def read_todo(store: StoreOf, user: CurrentUser, id: TodoId) -> Todo:
    """One todo by its number."""
    return Todo(**await store.find(user, id))


@router.put("/{id}", dependencies=[only_media(JSON)], responses=problems.documented(400, 404, 415))
async def replace_todo(store: StoreOf, user: CurrentUser, id: TodoId, todo: TodoInput) -> Todo:
    """Replaces a todo. Optional fields that are left out are set to their defaults."""
    return Todo(**await store.replace(user, id, todo.model_dump()))


@router.patch(
    "/{id}",
    dependencies=[only_media(JSON, MERGE_PATCH)],
    responses=problems.documented(400, 404, 415),
    openapi_extra={"requestBody": {"content": {MERGE_PATCH: {"schema": {"$ref": "#/components/schemas/TodoPatch"}}}}},
)
async def change_todo(store: StoreOf, user: CurrentUser, id: TodoId, fields: TodoPatch) -> Todo:
    """Changes some fields of a todo (JSON merge patch)."""
    return Todo(**await store.change(user, id, fields.model_dump(exclude_unset=True)))


@router.delete("/{id}", status_code=204, responses=problems.documented(400, 404))
async def delete_todo(store: StoreOf, user: CurrentUser, id: TodoId) -> None:
    """Deletes a todo for good."""
    await store.remove(user, id)


def create_app(database_url: str) -> FastAPI:
    store = Store(database_url)

    @asynccontextmanager
    async def lifespan(app: FastAPI):
        await store.open()
        yield
        await store.close()

    app = FastAPI(
        title="Todo API",
        version="1.0.0",
        lifespan=lifespan,
        redirect_slashes=False,
        responses=problems.documented("default"),
    )
    app.state.store = store
    problems.install(app)
    app.include_router(accounts)
    app.include_router(router)

    @app.get("/healthz")
    async def health() -> dict[str, str]:
        """Answers 503 while the database cannot be reached."""
        await store.ping()
        return {"status": "ok"}

    @app.middleware("http")
    async def options_and_log(request: Request, call_next) -> Response:
        started = perf_counter()
        response = await call_next(request)
        if response.status_code == 405:
            response = with_allow(app, request, response)
        took = round((perf_counter() - started) * 1000)
        access.info("%s %r %d %dms", request.method, request.url.path, response.status_code, took)
        return response

    app.add_middleware(SizeLimits)
    return app


def with_allow(app: FastAPI, request: Request, refusal: Response) -> Response:
    """Lists every method of the path; the framework knows only those of the first route that fits it."""
    allowed = {"OPTIONS"}
    for route in app.routes:
        if getattr(route, "methods", None) and route.path_regex.match(request.url.path):
            allowed |= route.methods
    allow = ", ".join(sorted(allowed))
    if request.method == "OPTIONS":
        return Response(status_code=204, headers={"Allow": allow})
    refusal.headers["Allow"] = allow
    return refusal
