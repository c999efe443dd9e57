"""Writes the answers that feedback's docs show: `python -m tests.contract.record_answers`."""

import json
import sys

from services.feedback.app import ANSWERS
from shared.schema.migrate import upgrade
from tests.contract.answers import day, open_shop
from tests.contract.shapes import differences
from tests.databases import TEMPLATE, Databases, blocking, embedded_server, memory_directory
from tests.trained import make_template


def main() -> None:
    """Live through the day on a database of its own; leave answers that are as they were."""
    with embedded_server(below=memory_directory()) as server:
        databases = Databases(server.url("postgres"))
        databases.execute(f'CREATE DATABASE "{TEMPLATE}"')
        blocking(upgrade(databases.url(TEMPLATE)))
        with open_shop(make_template(databases)) as shop:
            given = day(shop)
    before = json.loads(ANSWERS.read_text(encoding="utf-8")) if ANSWERS.exists() else {}
    kept = {
        operation: before[operation]
        if operation in before and not differences(before[operation], answer)
        else answer
        for operation, answer in given.items()
    }
    text = json.dumps(kept, ensure_ascii=False, indent=1, sort_keys=True)
    ANSWERS.write_text(text + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(kept)} answers in {ANSWERS.name}\n")


if __name__ == "__main__":
    main()
