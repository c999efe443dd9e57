"""docs/benefits.md runs from top to bottom on a made-up shop, and says what comes back."""

from pathlib import Path

import pytest

from tests.doc_blocks import blocks_of, wrong_in
from tests.integration.scoring.test_programmes_doc import shop_at


@pytest.mark.slow
def test_the_document_says_what_its_commands_print(shop_url: str, tmp_path: Path) -> None:
    with shop_at(shop_url) as environ:
        wrong = wrong_in(blocks_of("benefits.md"), tmp_path, environ)
    assert not wrong, "\n\n".join(wrong)
