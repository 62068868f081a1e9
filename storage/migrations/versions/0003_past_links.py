"""since when a guardian is known, and how far each was linked before."""

from __future__ import annotations

import sqlalchemy as sa
import storage.instants
from alembic import op

revision = '0003'
down_revision = '0001'
branch_labels = None
depends_on = None


def upgrade() -> None:
    with op.batch_alter_table('guardianships', schema=None) as batch_op:
        batch_op.add_column(sa.Column('since', storage.instants.Instant(), nullable=True))
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
    with op.batch_alter_table('past_links', schema=None) as batch_op:
        batch_op.drop_index(batch_op.f('ix_past_links_guardianship_id'))
    op.drop_table('past_links')
    with op.batch_alter_table('guardianships', schema=None) as batch_op:
        batch_op.drop_column('since')
