from deploy.env_example import example
from tests.paths import REPO_DIR


def test_env_example_is_that_of_the_settings() -> None:
    written = (REPO_DIR / ".env.example").read_text(encoding="utf-8")
    assert written == example(), "run make env-example"


def test_env_example_holds_no_secret() -> None:
    secrets = ("TIERLINE_SECRET_KEY", "TIERLINE_ADMIN_KEY", "TIERLINE_SERVICE_KEY", "DATABASE_URL")
    lines = [line.lstrip("# ") for line in example().splitlines()]
    assert all(f"{name}=" in lines for name in secrets)
