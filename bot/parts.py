"""What a running bot consists of."""

from __future__ import annotations

from dataclasses import dataclass

from bot.clock import Clock, RehearsalClock
from bot.engine import Engine
from bot.keywatch import KeyWatch
from bot.ops.figures import Figures
from bot.pipeline import Pipeline
from bot.poller import Poller
from bot.request import RawBot
from bot.ticks.base import Means
from bot.ticks.delivery import Delivery
from bot.webhook import Webhook
from storage.database import Database


@dataclass
class Parts:
    """Everything that works on one database, ready to be started."""

    database: Database
    means: Means
    bot: RawBot
    engine: Engine
    pipeline: Pipeline
    delivery: Delivery
    source: Poller | Webhook
    figures: Figures
    keys: KeyWatch

    @property
    def clock(self) -> Clock:
        """The county's clock."""
        return self.means.clock

    @property
    def is_rehearsal(self) -> bool:
        """Whether the clock stands still until it is moved."""
        return isinstance(self.clock, RehearsalClock)

    def ring(self) -> None:
        """There may be something to do for anybody."""
        self.pipeline.ring()
        self.engine.ring()
        self.delivery.ring()

    def stop(self) -> None:
        """Let everybody finish what they are at."""
        self.source.stop()
        self.pipeline.stop()
        self.engine.stop()
        self.delivery.stop()
