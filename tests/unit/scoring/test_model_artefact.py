"""Artefacts: every bit comes back, nothing unsigned or malformed is opened."""

import hashlib
import io
import json
import pickle
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import joblib
import numpy as np
import pytest
from typing_extensions import override

from services.scoring.domain.features import features
from services.scoring.model.artefact import from_bytes, sign, to_bytes
from services.scoring.model.errors import ArtefactRefused
from services.scoring.model.learning.estimator_file import dump_estimators, load_estimators
from services.scoring.model.learning.plan import plan_training
from services.scoring.model.learning.training import Trained, train
from tests.model_shop import START, shop_days
from tests.paths import REPO_DIR

KEY = b"k" * 32
NOW = datetime(2026, 11, 22, 1, 2, 3, tzinfo=UTC)


@pytest.fixture(scope="module")
def trained() -> Trained:
    return train(shop_days(), plan_training(START, START + 200), version="v7", created_at=NOW)


def test_model_comes_back_bit_by_bit(trained: Trained) -> None:
    artefact = to_bytes(trained.model, KEY)
    back = from_bytes(artefact.content, KEY, sha256=artefact.sha256)
    X = features(shop_days(), START + 200, START)
    assert back.score(X).value.tobytes() == trained.model.score(X).value.tobytes()
    assert back.manifest == trained.model.manifest
    assert to_bytes(back, KEY) == artefact


def test_registry_hash_is_that_of_the_signed_document(trained: Trained) -> None:
    artefact = to_bytes(trained.model, KEY)
    payload = artefact.content.partition(b"\n")[2]
    assert hashlib.sha256(payload).hexdigest() == artefact.sha256


@pytest.mark.parametrize("place", [0, 70, -2])
def test_a_changed_byte_is_refused(trained: Trained, place: int) -> None:
    content = bytearray(to_bytes(trained.model, KEY).content)
    content[place] ^= 1
    with pytest.raises(ArtefactRefused, match="signature"):
        from_bytes(bytes(content), KEY)


def test_another_key_or_another_hash_is_refused(trained: Trained) -> None:
    artefact = to_bytes(trained.model, KEY)
    with pytest.raises(ArtefactRefused, match="signature"):
        from_bytes(artefact.content, b"other")
    with pytest.raises(ArtefactRefused, match="registry"):
        from_bytes(artefact.content, KEY, sha256="0" * 64)


@pytest.mark.parametrize("content", [b"", b"\n", b"{}", b"x" * (2 << 20), pickle.dumps([1])])
def test_what_is_no_artefact_is_refused(content: bytes) -> None:
    with pytest.raises(ArtefactRefused):
        from_bytes(content, KEY)


Change = Callable[[dict[str, Any]], object]


@pytest.mark.parametrize(
    "change",
    [
        lambda d: d.update(format="tierline-value-model/2"),
        lambda d: d["manifest"].update(feature_hash="0"),
        lambda d: d["manifest"].update(note="x"),
        lambda d: d["manifest"].pop("version"),
        lambda d: d["manifest"].update(horizon_days=0),
        lambda d: d["manifest"].update(cutoffs=["30 Feb"]),
        lambda d: d["spend"].update(features=[], windows=[]),
        lambda d: d["spend"]["features"].pop(),
        lambda d: d["buy"]["features"].__setitem__(0, "tier"),
        lambda d: d["spend"]["windows"].__setitem__(0, 5),
        lambda d: d["spend"].update(step=[0.0] * len(d["spend"]["features"])),
        lambda d: d["spend"]["heights"].pop(),
        lambda d: d["spend"].update(heights=[]),
        lambda d: d["buy"].update(intercept=None),
        lambda d: d["buy"].update(intercept=1e999),
        lambda d: d["buy"].pop("low"),
        lambda d: d["interval"].update(sizes=[]),
        lambda d: d["interval"].update(sizes=[2.0, 1.0], low=[0.0, 0.0], high=[1.0, 1.0]),
        lambda d: d.update(level=-1.0),
        lambda d: d.update(level=True),
        lambda d: d.update(level="1"),
        lambda d: d.update(persistence=1.5),
    ],
)
def test_a_signed_but_malformed_document_is_refused(trained: Trained, change: Change) -> None:
    document = json.loads(to_bytes(trained.model, KEY).content.partition(b"\n")[2])
    change(document)
    with pytest.raises(ArtefactRefused):
        from_bytes(sign(json.dumps(document).encode(), KEY), KEY)


@pytest.mark.parametrize("payload", [b"[]", b"no json", b"\xff\xfe"])
def test_a_signed_file_of_another_kind_is_refused(payload: bytes) -> None:
    with pytest.raises(ArtefactRefused):
        from_bytes(sign(payload, KEY), KEY)


def test_model_with_numbers_out_of_range_is_not_written(trained: Trained) -> None:
    broken = replace(trained.model, level=float("nan"))
    with pytest.raises(ValueError, match="JSON"):
        to_bytes(broken, KEY)


def test_estimators_come_back_only_with_our_signature(trained: Trained) -> None:
    content = dump_estimators(trained.fitted, KEY)
    X = features(shop_days(), START + 200, START)
    assert np.array_equal(load_estimators(content, KEY).chance(X), trained.fitted.chance(X))
    with pytest.raises(ArtefactRefused, match="signature"):
        load_estimators(content, b"other")


class Bomb:
    """A pickle that makes a file where it is opened."""

    def __init__(self, canary: Path) -> None:
        self.canary = canary

    @override
    def __reduce__(self) -> tuple[Any, tuple[Any, ...]]:
        return Path.touch, (self.canary,)


def joblib_file(what: object) -> bytes:
    buffer = io.BytesIO()
    joblib.dump(what, buffer)
    return buffer.getvalue()


@pytest.mark.parametrize("dump", [pickle.dumps, joblib_file])
@pytest.mark.parametrize(
    "disguise",
    [
        lambda code: code,
        lambda code: b"\n" + code,
        lambda code: sign(code, b"another shop's key"),
        lambda code: b"0" * 64 + b"\n" + code,
        lambda code: sign(b"", KEY).partition(b"\n")[0] + b"\n" + code,
        lambda code: sign(code, KEY)[:-1],
    ],
    ids=["bare", "no signature", "another key", "zeros", "of another file", "cut off"],
)
def test_code_that_we_did_not_sign_never_runs(
    tmp_path: Path, dump: Callable[[object], bytes], disguise: Callable[[bytes], bytes]
) -> None:
    content = disguise(dump(Bomb(tmp_path / "canary")))
    with pytest.raises(ArtefactRefused, match="signature"):
        load_estimators(content, KEY)
    with pytest.raises(ArtefactRefused, match="signature"):
        from_bytes(content, KEY)
    assert not (tmp_path / "canary").exists()


def test_code_in_the_place_of_an_artefact_never_runs_even_signed(tmp_path: Path) -> None:
    """The served artefact is JSON: our own signature does not make it code."""
    with pytest.raises(ArtefactRefused, match="JSON"):
        from_bytes(sign(joblib_file(Bomb(tmp_path / "canary")), KEY), KEY)
    assert not (tmp_path / "canary").exists()


def test_the_canary_sings_where_code_is_opened(tmp_path: Path) -> None:
    joblib.load(io.BytesIO(joblib_file(Bomb(tmp_path / "canary"))))
    assert (tmp_path / "canary").exists()


def test_signed_file_without_estimators_is_refused() -> None:
    with pytest.raises(ArtefactRefused, match="estimators"):
        load_estimators(dump_estimators("none", KEY), KEY)  # type: ignore[arg-type]


def test_serving_imports_neither_scikit_learn_nor_pyarrow() -> None:
    program = (
        "import sys, services.scoring.model.artefact, services.scoring.model.value_model\n"
        "print(sorted({'sklearn', 'scipy', 'joblib', 'pyarrow'} & set(sys.modules)))"
    )
    found = subprocess.run(
        [sys.executable, "-c", program], cwd=REPO_DIR, capture_output=True, text=True, check=True
    )
    assert found.stdout.strip() == "[]"
