"""Ask another service about many at once: those who ask at the same time share one call."""

import asyncio
from collections.abc import Awaitable, Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, Generic, TypeVar

_MOST_AT_ONCE: Final = 500
Question = TypeVar("Question")
Answer = TypeVar("Answer")


@dataclass(slots=True)
class _Asked(Generic[Question, Answer]):
    """A question, and all who wait for its answer."""

    question: Question
    waiting: list[asyncio.Future[Answer]] = field(default_factory=list)


class Together(Generic[Question, Answer]):
    """Answers by whatever a question is known by; nothing is kept between two calls.

    One call is under way at a time; who comes meanwhile is asked about in the next, all at once:
    at 64 connections a call then is about thirty customers, and costs each a thirtieth.
    """

    __slots__ = ("_ask", "_budget_s", "_pause_s", "_running", "_waiting")

    def __init__(
        self,
        ask: Callable[[Sequence[Question]], Awaitable[Sequence[Answer]]],
        budget_s: float,
        *,
        pause_s: float = 0.0,
    ) -> None:
        """Take what asks, and how long one call may last: who just missed one waits for two.

        `pause_s` is how long others are waited for before a call that is not the first; whoever
        asks alone never waits.
        """
        self._ask = ask
        self._budget_s = budget_s
        self._pause_s = pause_s
        self._waiting: dict[Hashable, _Asked[Question, Answer]] = {}
        self._running: asyncio.Task[None] | None = None

    async def answer_for(self, key: Hashable, question: Question) -> Answer:
        """Ask a question, once for all who ask it now; raises what asking raises, TimeoutError."""
        answer: asyncio.Future[Answer] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(key, _Asked(question)).waiting.append(answer)
        if self._running is None:
            self._running = asyncio.create_task(self._work())
        return await answer

    async def close(self) -> None:
        """Give up on what is still asked: whoever waits gets a TimeoutError."""
        if self._running is not None:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            self._end()  # a task that never began cannot

    async def _work(self) -> None:
        try:
            await asyncio.sleep(0)  # those of the same turn of the loop ask together
            while self._waiting:
                keys = list(self._waiting)[:_MOST_AT_ONCE]
                await self._answer([self._waiting.pop(key) for key in keys])
                if self._waiting:
                    await asyncio.sleep(self._pause_s)
        finally:
            self._end()

    def _end(self) -> None:
        self._running = None
        _give_up(self._waiting.values())
        self._waiting.clear()

    async def _answer(self, asked: Sequence[_Asked[Question, Answer]]) -> None:
        try:
            async with asyncio.timeout(self._budget_s):
                answers = await self._ask([each.question for each in asked])
        except asyncio.CancelledError:
            _give_up(asked)
            raise
        except Exception as error:  # noqa: BLE001 - whoever waits is told, nothing is hidden
            for answer in _open(asked):
                answer.set_exception(error)
            return
        for each, found in zip(asked, answers, strict=True):
            for answer in _open([each]):
                answer.set_result(found)


def _give_up(asked: Iterable[_Asked[Question, Answer]]) -> None:
    """Tell whoever still waits that there is no answer in time."""
    for answer in _open(asked):
        answer.set_exception(TimeoutError("the service stops"))


def _open(asked: Iterable[_Asked[Question, Answer]]) -> list[asyncio.Future[Answer]]:
    """List those who still wait: a client may have left."""
    return [answer for each in asked for answer in each.waiting if not answer.done()]
