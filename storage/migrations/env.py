"""What Alembic runs: our tables, on the connection that `storage.migrate` hands over."""

from __future__ import annotations

from alembic import context

from storage.tables.everything import metadata


def _run() -> None:
    connection = context.config.attributes["connection"]
    context.configure(
        connection=connection,
        target_metadata=metadata,
        render_as_batch=True,
        compare_type=True,
        transactional_ddl=True,
        user_module_prefix="storage.instants.",
    )
    with context.begin_transaction():
        context.run_migrations()


_run()
