"""`tierline train` where there is nothing to train on."""

from typer.testing import CliRunner

from services.scoring.cli import app


def test_training_without_a_database_ends_with_a_sentence() -> None:
    away = "postgresql://nobody:none@127.0.0.1:1/none"
    result = CliRunner().invoke(
        app, ["train"], env={"DATABASE_URL": away, "TIERLINE_SECRET_KEY": "5" * 64}
    )
    assert result.exit_code == 1
    assert result.output.strip().endswith("The database cannot be used (ConnectionRefusedError).")
