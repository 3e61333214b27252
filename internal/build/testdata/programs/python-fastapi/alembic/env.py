import asyncio

from alembic import context
from sqlalchemy.ext.asyncio import create_async_engine

from app.config import settings


def run(connection):
    context.configure(connection=connection)
    with context.begin_transaction():
        context.run_migrations()


async def main():
    async with create_async_engine(settings.database_url).connect() as connection:
        await connection.run_sync(run)
        await connection.commit()


asyncio.run(main())
