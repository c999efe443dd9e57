import pytest

from deploy.cli_worker import run_worker

VALID = {"DATABASE_URL": "postgresql://localhost/x", "TIERLINE_SECRET_KEY": "5e" * 32}


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"TIERLINE_SECRET_KEY": "canary-7"}, "TIERLINE_SECRET_KEY: "),
        ({"TIERLINE_SERVICE_KEYS": "x"}, "unknown setting TIERLINE_SERVICE_KEYS"),
        ({"BUSINESS_TIME_ZONE": "Mars/Olympus"}, "BUSINESS_TIME_ZONE: "),
    ],
)
def test_wrong_settings_stop_the_start_by_name(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    changes: dict[str, str],
    said: str,
) -> None:
    for name, value in (VALID | changes).items():
        monkeypatch.setenv(name, value)
    assert run_worker(None) == 2
    errors = capsys.readouterr().err
    assert said in errors
    assert "canary-7" not in errors
