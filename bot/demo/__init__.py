"""The playground: an invented county, its phones in a browser, and the real bot behind them."""

from bot.demo.opening import Opening, play

__all__ = ["Opening", "play"]
