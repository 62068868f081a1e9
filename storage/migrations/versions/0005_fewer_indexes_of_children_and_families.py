"""fewer indexes of children and families: every one costs an import a page for almost every row."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = '0005'
down_revision = '0004'
branch_labels = None
depends_on = None

_BOUND = sa.text('chat_id IS NOT NULL')


def upgrade() -> None:
    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_people_name'))
        batch_op.drop_index(batch_op.f('ix_people_chat_id'))
        batch_op.create_index('ix_people_chat_id', ['chat_id'], unique=False, sqlite_where=_BOUND, postgresql_where=_BOUND)

    with op.batch_alter_table('students', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_students_name_birth_on_school_id'))
        batch_op.drop_index(batch_op.f('ix_students_school_id'))
        batch_op.create_index(batch_op.f('ix_students_school_id_name'), ['school_id', 'name'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('students', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_students_school_id_name'))
        batch_op.create_index(batch_op.f('ix_students_school_id'), ['school_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_students_name_birth_on_school_id'), ['name', 'birth_on', 'school_id'], unique=False)

    with op.batch_alter_table('people', schema=None) as batch_op:
        batch_op.drop_index('ix_people_chat_id')
        batch_op.create_index(batch_op.f('ix_people_chat_id'), ['chat_id'], unique=False)
        batch_op.create_index(batch_op.f('ix_people_name'), ['name'], unique=False)
