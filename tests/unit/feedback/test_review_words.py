from datetime import date
from typing import Any

import pytest

from services.feedback.domain.kpis.periods import Period
from services.feedback.domain.reviews.adjusting import change_of
from services.feedback.domain.reviews.evidence import (
    Account,
    Activity,
    BenefitUse,
    Evidence,
    Flow,
    PlaybookOutcome,
    Satisfaction,
    Service,
    Trial,
)
from services.feedback.domain.reviews.finding import Code, Finding, TooFew
from services.feedback.domain.reviews.judging import judge
from services.feedback.domain.reviews.lacking import lacking
from services.feedback.domain.reviews.words import told
from tests.unit.feedback.test_reviews import GOLD, NAME, days, found, sums

QUARTERS = (
    Period(date(2026, 7, 1), date(2026, 9, 30)),
    Period(date(2026, 4, 1), date(2026, 6, 30)),
)


def money(minor: int) -> str:
    return f"{minor / 100:.2f} CNY"


ALL: list[dict[str, Any]] = [
    {"activities": [Activity(GOLD, days(6), days(8))]},
    {"satisfaction": [Satisfaction(GOLD, "csat", sums([3, 4] * 40), sums([5, 4] * 40))]},
    {"services": [Service(GOLD, 100, 20)]},
    {"benefits": [BenefitUse("coffee", "drink", NAME, 1000, 20)]},
    {"playbooks": [PlaybookOutcome("win-back", NAME, 500, 5, 12345)]},
    {"trials": [Trial("e-1", NAME, "playbook/x", "spend", "lower", -1.5, -3.0, -0.2)]},
    {"flows": [Flow(GOLD, 0, 0, 0, 100)]},
    {"flows": [Flow(GOLD, 80, 4, 0, 400)]},
    {"accounts": [Account(GOLD, 20000, 10050)]},
]


@pytest.mark.parametrize("evidence", ALL, ids=lambda each: next(iter(each)))
def test_every_finding_is_told_in_both_languages_with_a_change(evidence: dict[str, Any]) -> None:
    (finding,) = found(**evidence)
    said = told(finding, money)
    for text in (*said.words.values(), *said.suggestion.values(), said.link):
        assert text
        assert not set("{}") & set(text)
    assert "None" not in said.link
    if finding.tier:
        assert "Gold" in said.words["en"]
        assert "金星" in said.words["zh"]


def test_a_finding_reads_as_a_sentence_with_its_figures() -> None:
    (finding,) = found(accounts=[Account(GOLD, 20000, 10050, 10000, 30000)])
    said = told(finding, money)
    assert said.words["en"] == (
        "Serving Gold cost 200.00 CNY this quarter and brought a margin of 100.50 CNY; the quarter"
        " before 100.00 CNY and 300.00 CNY."
    )
    assert said.words["zh"] == (
        "本季度服务金星的成本为200.00 CNY，带来的毛利为100.50 CNY；"
        "上季度分别为100.00 CNY和300.00 CNY。"
    )


def test_all_weaknesses_have_a_case_here() -> None:
    assert {found(**evidence)[0].code for evidence in ALL} == set(Code)


SENTENCES = [
    (
        {"services": [Service(GOLD, 100, 20, 40, 3)]},
        (
            "20 of 100 cases of Gold broke the promised service level this quarter (20.0%; at most"
            " 5.0% is meant); the quarter before it was 3 of 40 (7.5%)."
        ),
        "上季度为40中的3（7.5%）",
    ),
    (
        {"benefits": [BenefitUse("coffee", "drink", NAME, 1000, 20)]},
        (
            "20 of 1000 who may use “A drink” did so this quarter (2.0%; at least 10.0% is meant);"
            " the quarter before has nothing to compare."
        ),
        "上季度无可比数据",
    ),
    (
        {"playbooks": [PlaybookOutcome("win-back", NAME, 500, 5, 12345, 100, 10)]},
        (
            "5 of 500 contacts of “A drink” were accepted this quarter (1.0%; at least 5.0% is"
            " meant) and cost 123.45 CNY; the quarter before it was 10 of 100 (10.0%)."
        ),
        "成本123.45 CNY；上季度为100中的10（10.0%）",
    ),
    (
        {"satisfaction": [Satisfaction(GOLD, "nps", sums([0, 0] * 40), sums([100, 0] * 40))]},
        (
            "Satisfaction (NPS, -100 to 100) of Gold fell from 50.00 (80 answers the quarter"
            " before) to 0.00 (80 answers this quarter): -50.00 (between -61.03 and -38.97)."
        ),
        "由上季度的50.00（80份回答）降至本季度的0.00（80份回答）",
    ),
    (
        {"trials": [Trial("e", NAME, "playbook/x", "spend", "lower", -150.4, -300.0, -20.0)]},
        (
            "The experiment “A drink” lowered spend: -1.50 CNY per customer against those held out"
            " at the same time (between -3.00 CNY and -0.20 CNY)."
        ),
        "降低了消费额：与同期对照组相比人均-1.50 CNY",
    ),
    (
        {"trials": [Trial("e", NAME, "other/x", "retention", "no_difference_seen", 0.01, -0.1, 0)]},
        (
            "The experiment “A drink” saw no gain in retention: +1.0% per customer against those"
            " held out at the same time (between -10.0% and +0.0%)."
        ),
        "未能提升留存率",
    ),
    (
        {"flows": [Flow(GOLD, 0, 0, 0, 100, 3, 4)]},
        "Nobody reached Gold this quarter, and nobody holds it; 4 reached it the quarter before.",
        "上季度有4人达到",
    ),
]


@pytest.mark.parametrize(("evidence", "english", "chinese"), SENTENCES, ids=lambda each: None)
def test_a_sentence_tells_the_figures_of_both_quarters(
    evidence: dict[str, Any], english: str, chinese: str
) -> None:
    (finding,) = found(**evidence)
    said = told(finding, money)
    assert said.words["en"] == english
    assert chinese in said.words["zh"]


def change(finding: Finding) -> tuple[str, str | None, str]:
    place = (finding.programme, finding.tier, finding.subject)
    made = change_of(finding.code, *place, finding.figures)
    assert set(made.words) == {"en", "zh"}
    assert "None" not in "".join(made.words.values())
    return made.document.value, made.key, made.link


@pytest.mark.parametrize(
    ("evidence", "document"),
    list(
        zip(
            ALL,
            [
                ("playbook", "frequency-drop", "/v1/playbooks/presets"),
                ("service_level", "gold", "/v1/programmes/coffee"),
                ("service_level", "gold", "/v1/programmes/coffee"),
                ("benefit", "drink", "/v1/programmes/coffee"),
                ("playbook", "win-back", "/v1/playbooks/win-back"),
                ("playbook", "x", "/v1/playbooks/x"),
                ("tier_rule", "gold", "/v1/programmes/coffee"),
                ("tier_rule", "gold", "/v1/programmes/coffee"),
                ("benefit", None, "/v1/programmes/coffee"),
            ],
            strict=True,
        )
    ),
    ids=lambda each: None,
)
def test_a_finding_names_the_document_it_would_change(
    evidence: dict[str, Any], document: tuple[str, str | None, str]
) -> None:
    (finding,) = found(**evidence)
    assert change(finding) == document


def test_what_is_not_ours_to_change_is_the_experiment() -> None:
    trial = Trial("leaflet", NAME, "other/x", "spend", "lower", -1.5, -3.0, -0.2)
    (finding,) = found(trials=[trial])
    assert change(finding) == ("experiment", "leaflet", "/v1/experiments/leaflet")


LACKING: list[tuple[dict[str, Any], str]] = [
    ({"activities": [Activity(GOLD, days(1, 48), days(8))]}, "48 members"),
    ({"satisfaction": [Satisfaction(GOLD, "ces", sums([5]), sums([5]))]}, "(ces)"),
    ({"services": [Service(GOLD, 19, 19)]}, "19 cases"),
    ({"benefits": [BenefitUse("coffee", "drink", NAME, 49, 0)]}, "“A drink”"),
    ({"playbooks": [PlaybookOutcome("win-back", NAME, 49, 0, 0)]}, "“A drink”"),
    ({"trials": [Trial("e-1", NAME, "x/y", "spend", "not_enough_data", 0, 0, 0)]}, "“A drink”"),
    ({"flows": [Flow(GOLD, 49, 0, 0, 400)]}, "49 members"),
    ({"flows": [Flow(GOLD, 80, 0, 0, 100)]}, "recorded for 100 days"),
]


@pytest.mark.parametrize(("evidence", "part"), LACKING, ids=lambda each: None)
def test_too_little_data_is_told_in_both_languages(evidence: dict[str, Any], part: str) -> None:
    names = {GOLD: {"en": "Gold", "zh": "金星"}}
    (few,) = judge(Evidence(*QUARTERS, "CNY", names, **evidence)).too_few
    said = lacking(few)
    assert part in said["en"]
    assert not set("{}") & set("".join(said.values()))
    if few.tier:
        assert "Gold" in said["en"]
        assert "金星" in said["zh"]
    if few.needed:
        assert str(few.needed) in said["en"]
        assert str(few.needed) in said["zh"]


def test_what_was_kept_without_names_is_told_by_its_keys() -> None:
    said = lacking(TooFew(Code.UNUSED_BENEFIT, "coffee", None, "birthday_drink", 0, 50))
    assert said["en"].startswith("Whether “birthday_drink” is used cannot be told: 0 members")
    assert "birthday_drink" in said["zh"]
