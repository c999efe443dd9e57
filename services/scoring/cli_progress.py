"""A progress bar for commands that take a while."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

Tell = Callable[[float, str], None]


@contextmanager
def telling(console: Console) -> Iterator[Tell]:
    """Show a bar until the work is done; give the function that moves it (0 to 1, words)."""
    columns = (TextColumn("{task.description:<36}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("reading", total=1.0)

        def tell(done: float, text: str) -> None:
            bar.update(task, completed=done, description=text)

        yield tell
