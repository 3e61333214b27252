"""Refuses request heads and bodies that are too large, bodies before they are read."""

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from .problems import answer

HEAD_LIMIT = 16 * 1024
BODY_LIMIT = 64 * 1024


class TooLarge(Exception):
    pass


class SizeLimits:
    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        head = len(scope["raw_path"]) + len(scope["query_string"])
        head += sum(len(name) + len(value) for name, value in scope["headers"])
        if head > HEAD_LIMIT:
            await answer(431, "head_too_large", "The request head is too large.")(scope, receive, send)
            return

        refusal = answer(
            413, "body_too_large", "The request body may have at most 64 KiB.", headers={"Connection": "close"}
        )
        length = dict(scope["headers"]).get(b"content-length", b"0")
        if not length.isdigit() or int(length) > BODY_LIMIT:
            await refusal(scope, receive, send)
            return

        received = 0
        answered = False

        async def counted() -> Message:
            nonlocal received
            message = await receive()
            received += len(message.get("body", b""))
            if received > BODY_LIMIT:
                raise TooLarge
            return message

        async def watched(message: Message) -> None:
            nonlocal answered
            answered = True
            # The framework turns any failure to read a body into a 400 of its own.
            if received <= BODY_LIMIT:
                await send(message)

        try:
            await self.app(scope, counted, watched)
        except TooLarge:
            pass
        if received > BODY_LIMIT:
            await refusal(scope, receive, send)
