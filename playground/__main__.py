"""The stage as a process of its own: python -m playground --port 8081."""

from __future__ import annotations

import argparse
import asyncio
import sys
from contextlib import suppress

from playground.limits import Rates
from playground.server import TOKEN, BotApi, Options
from playground.spec import Spec


def main() -> None:
    given = _arguments()
    options = Options(
        strict=not given.lenient, rates=Rates() if given.limits else None, spec=Spec.found()
    )
    with suppress(KeyboardInterrupt):
        asyncio.run(_serve(BotApi(given.token, given.port, options)))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="playground", description=__doc__)
    parser.add_argument("--port", type=int, default=8081, help="0 takes any free port")
    parser.add_argument("--token", default=TOKEN)
    parser.add_argument("--limits", action="store_true", help="enforce Telegram's flood limits")
    parser.add_argument("--lenient", action="store_true", help="ignore unknown parameters")
    return parser.parse_args()


async def _serve(api: BotApi) -> None:
    async with api:
        sys.stdout.write(f"{api.url}\n")
        sys.stdout.flush()
        await asyncio.Event().wait()


if __name__ == "__main__":
    main()
