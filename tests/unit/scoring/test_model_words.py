"""The model in a sentence: beside the best other method, and never fitting without its level."""

from datetime import date

import pytest

from services.scoring.domain.life.gate import STEADY_BIAS, Lead
from services.scoring.domain.overview.model_words import InShort, Method, best_of, sentence

DAY = date(2026, 11, 22)
DECAYED = Method({"en": "Decayed spend", "zh": "衰减消费额"}, 0.919, Lead(0.013, 0.007, 0.018))
BTYD = Method({"en": "BG/NBD", "zh": "BG/NBD"}, 0.942, Lead(-0.010, -0.017, -0.006))


def short(best: Method | None = None, bias: float | None = 1.0) -> InShort:
    return InShort("m-1", DAY, 0.932, best, bias)


def test_the_best_other_method_is_chosen_whatever_it_is() -> None:
    assert best_of([DECAYED, BTYD]) == BTYD
    assert best_of([]) is None


@pytest.mark.parametrize(
    ("best", "en", "zh"),
    [
        (BTYD, "BG/NBD, had 0.942: the model is behind it by 0.010, beyond chance (0.006 to 0.017)",
         "BG/NBD为 0.942：模型落后 0.010（0.006 至 0.017），并非偶然。"),
        (DECAYED, "Decayed spend, had 0.919: the model is ahead beyond chance.",
         "为 0.919：模型领先，并非偶然。"),
        (Method(DECAYED.name, 0.93, Lead(0.002, -0.001, 0.004)),
         "had 0.930: no difference beyond chance.", "为 0.930：差异可能出于偶然。"),
        (Method(DECAYED.name, 0.93), "Decayed spend, had 0.930.", "衰减消费额为 0.930。"),
        (None, "On dates it had not seen its Gini was 0.932.", "基尼系数为 0.932。"),
    ],
    ids=["behind", "ahead", "neither", "not compared", "alone"],
)  # fmt: skip
def test_the_sentence_says_how_the_model_stands_to_it(
    best: Method | None, en: str, zh: str
) -> None:
    told = sentence(short(best), None)
    assert (en in told["en"], zh in told["zh"]) == (True, True), told


@pytest.mark.parametrize(
    ("bias", "drift", "en", "zh"),
    [
        (0.793, "steady", "It still fits, but 26 % more was spent than it expected.",
         "目前仍然适用，但实际消费比预期高 26%。"),
        (1.25, "steady", "It still fits, but 20 % less was spent than it expected.",
         "目前仍然适用，但实际消费比预期低 20%。"),
        (0.793, "alarm", "In all, 26 % more was spent than it expected. Customers buy differently",
         "实际消费比预期高 26%。顾客的购买行为"),
        (0.793, None, "In all, 26 % more was spent than it expected.", "实际消费比预期高 26%。"),
        (STEADY_BIAS[0], "steady", "0.932. It still fits.", "目前仍然适用。"),
        (STEADY_BIAS[1], "steady", "0.932. It still fits.", "目前仍然适用。"),
        (None, "steady", "0.932. It still fits.", "目前仍然适用。"),
    ],
)  # fmt: skip
def test_a_model_never_fits_without_a_word_on_a_level_that_was_off(
    bias: float | None, drift: str | None, en: str, zh: str
) -> None:
    told = sentence(short(bias=bias), drift)
    assert (en in told["en"], zh in told["zh"]) == (True, True), told


def test_without_a_model_it_says_what_to_do() -> None:
    assert "train one first" in sentence(None, None)["en"]
