"""what a ledger of a past day has to know: past links, past pupils, since when each is known."""

from __future__ import annotations

import sqlalchemy as sa
import storage.instants
from alembic import op

revision = '0003'
down_revision = '0002'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('guardianships', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', storage.instants.Instant(), nullable=True))
    with op.batch_alter_table('students', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', storage.instants.Instant(), nullable=True))
    op.create_table('past_pupils',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('student_id', sa.Integer(), nullable=False),
    sa.Column('until', storage.instants.Instant(), nullable=False),
    sa.Column('name', sa.String(length=80), nullable=False),
    sa.Column('sex', sa.String(length=1), nullable=True),
    sa.Column('birth_on', sa.Date(), nullable=True),
    sa.Column('id_number', sa.Text(), nullable=True),
    sa.Column('register_number', sa.Text(), nullable=True),
    sa.Column('disability', sa.Text(), nullable=True),
    sa.Column('left_behind', sa.String(length=40), nullable=True),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['student_id'], ['students.id'], name=op.f('fk_past_pupils_student_id_students')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_pupils'))
    )
    with op.batch_alter_table('past_pupils', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_past_pupils_student_id'), ['student_id'], unique=False)
    op.create_table('past_links',
    sa.Column('id', sa.Integer(), nullable=False),
    sa.Column('guardianship_id', sa.Integer(), nullable=False),
    sa.Column('state', sa.String(length=40), nullable=False),
    sa.Column('until', storage.instants.Instant(), nullable=False),
    sa.Column('version', sa.Integer(), nullable=False),
    sa.ForeignKeyConstraint(['guardianship_id'], ['guardianships.id'], name=op.f('fk_past_links_guardianship_id_guardianships')),
    sa.PrimaryKeyConstraint('id', name=op.f('pk_past_links'))
    )
    with op.batch_alter_table('past_links', schema=None) as batch_op:
        batch_op.create_index(batch_op.f('ix_past_links_guardianship_id'), ['guardianship_id'], unique=False)


def downgrade() -> None:
    with op.batch_alter_table('past_pupils', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_past_pupils_student_id'))
    op.drop_table('past_pupils')
    with op.batch_alter_table('students', schema=None) as batch_op:
        batch_op.drop_column('since')
    with op.batch_alter_table('past_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_past_links_guardianship_id'))
    op.drop_table('past_links')
    with op.batch_alter_table('guardianships', schema=None) as batch_op:
        batch_op.drop_column('since')
