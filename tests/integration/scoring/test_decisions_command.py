"""`tierline decisions check`: counts what comes out the same, and ends with 1 where any differs."""

from typer.testing import CliRunner, Result

from services.ingest.usecases.rebuilds.as_known import DaysKnownThen
from services.scoring.cli import app
from tests.databases import blocking
from tests.servers import SECRET_KEY
from tests.trained import NOW, raw_pool


def check(url: str, obj: object, *arguments: str) -> Result:
    env = {
        "DATABASE_URL": url,
        "TIERLINE_SECRET_KEY": SECRET_KEY,
        "BUSINESS_NOW": NOW.isoformat(),
    }
    return CliRunner().invoke(app, ["decisions", "check", *arguments], env=env, obj=obj)


async def execute(url: str, statement: str) -> None:
    async with raw_pool(url) as pool:
        await pool.execute(statement)


def test_without_ingest_it_says_where_to_run(shop_url: str) -> None:
    result = check(shop_url, None)
    assert (result.exit_code, "run this where it is installed" in result.output) == (1, True)


def test_without_a_database_it_ends_with_a_sentence() -> None:
    result = check("postgresql://nobody:none@127.0.0.1:1/none", DaysKnownThen())
    assert result.exit_code == 1
    assert result.output.strip().endswith("The database cannot be used (ConnectionRefusedError).")


def test_what_was_decided_on_facts_that_no_log_holds_differs(shop_url: str) -> None:
    # facts of this shop were written without events: whoever was above the entry tier differs
    blocking(execute(shop_url, "DELETE FROM tier_history WHERE tier_to = 'low'"))
    result = check(shop_url, DaysKnownThen(), "--sample", "3", "--programme", "value")
    assert result.exit_code == 1
    assert "0 of 3 past decisions come out the same" in result.output
    assert result.output.count("now low") == 3


def test_where_nothing_was_told_nothing_differs(shop_url: str) -> None:
    blocking(execute(shop_url, "DELETE FROM tier_history"))
    result = check(shop_url, DaysKnownThen())
    assert (result.exit_code, "0 of 0 past decisions" in result.output) == (0, True)
