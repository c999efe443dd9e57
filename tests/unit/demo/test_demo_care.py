"""The demo shop's care: bodies that feedback takes, answers that fit, nothing done twice."""

from collections import Counter
from typing import Any

import pytest
from pydantic import ValidationError

from deploy.demo import cared
from deploy.demo.asked import MOST_ASKED, SURVEY, answers, survey_body
from deploy.demo.calls import Calls, DemoFailed
from deploy.demo.care import Care
from deploy.demo.planted import customer_id
from deploy.demo.population import population
from deploy.demo.spec import ShopSpec
from services.feedback.domain.experiments.experiment import faults_of as experiment_faults
from services.feedback.domain.kpis.targets import faults_in
from services.feedback.domain.surveys.answers import judged
from services.feedback.domain.surveys.laws import faults_of as survey_faults
from services.feedback.domain.surveys.questions import survey_of
from services.feedback.usecases.care.presets import packaged_presets
from shared.contracts.contacts import InteractionRequest
from shared.contracts.experiments import ExperimentRequest
from shared.contracts.invitations import AnswersRequest
from shared.contracts.kpis import TargetRequest
from shared.contracts.offers import OfferRequest, ResponseRequest
from shared.contracts.playbooks import PlaybookRequest
from shared.contracts.reviews import ReviewRequest
from shared.contracts.surveys import SurveyRequest
from tests.unit.demo.fake_services import KEY, FakeServices


def care(fake: FakeServices, spec: ShopSpec) -> Care:
    return Care(Calls(fake.client(), KEY, 0.001), "http://feedback", spec)


async def everything(fake: FakeServices, spec: ShopSpec) -> int:
    shop = care(fake, spec)
    await shop.tend()
    answered = await shop.ask()
    await shop.note()
    await shop.review(poll_s=0.001)
    return answered


def given(spec: ShopSpec) -> dict[str, dict[str, Any]]:
    said = answers(spec, population(spec))
    return {who: body for who, body in said if body is not None}


def test_feedback_takes_every_document(spec: ShopSpec) -> None:
    survey = SurveyRequest.model_validate(survey_body())
    assert survey_faults(survey.model_dump(mode="json", exclude={"key"})) == []
    experiment = ExperimentRequest.model_validate(cared.experiment_body())
    assert list(experiment_faults(experiment.model_dump(mode="json", exclude={"key"}))) == []
    OfferRequest.model_validate(cared.offer_body())
    for key in cared.PLAYBOOKS:
        body = cared.playbook_body(key, packaged_presets()[key])
        playbook = PlaybookRequest.model_validate(body)
        assert playbook.state == "draft"
        assert ("{offer}" in playbook.action.message.en) == (playbook.action.offer_key is not None)
    for target in map(TargetRequest.model_validate, cared.target_bodies(spec)):
        assert list(faults_in(target.kpi, target.slice, target.period, target.value)) == []
    ReviewRequest.model_validate({"quarter": cared.quarter(spec)})
    for call in cared.call_bodies(spec):
        InteractionRequest.model_validate(call)
    for said in cared.offer_answers(spec):
        ResponseRequest.model_validate(said)


def test_a_document_that_is_not_right_would_be_seen() -> None:
    with pytest.raises(ValidationError):
        SurveyRequest.model_validate(survey_body() | {"questions": []})


def test_answers_are_whole_and_the_same_for_the_same_shop(spec: ShopSpec) -> None:
    document = SurveyRequest.model_validate(survey_body()).model_dump(exclude={"key"})
    for body in given(spec).values():
        sheet = judged(survey_of(document), AnswersRequest.model_validate(body).answers)
        assert (sheet.faults, sheet.missing, sheet.dropped) == ((), (), ())
    assert given(spec) == given(spec)


def test_answers_fit_how_a_customer_buys(spec: ShopSpec) -> None:
    crowd = population(spec)
    rows = {customer_id(spec, row + 1): row for row in range(spec.customers)}
    for who, body in given(spec).items():
        row, said = rows[who], body["answers"]
        assert (said["time"] == "morning") == (crowd.hour[row] < 11)
        assert (said["place"] == "store") == (crowd.online[row] < 0.1)
        assert ("why" in said) == (said["satisfaction"] < 3)


def test_who_left_answers_less_and_is_less_content(spec: ShopSpec) -> None:
    crowd, said = population(spec), given(spec)
    asked = dict(answers(spec, crowd))
    here = {customer_id(spec, n + 1): crowd.left[n] >= spec.days for n in range(spec.customers)}
    rates, ratings = {}, {}
    for stays in (True, False):
        those = [who for who in asked if here[who] == stays]
        told = [said[who]["answers"]["satisfaction"] for who in those if who in said]
        rates[stays], ratings[stays] = len(told) / len(those), sum(told) / len(told)
    assert len(asked) == MOST_ASKED
    assert rates[True] > rates[False] > 0
    assert ratings[True] > ratings[False]


async def test_everything_is_set_up_once_and_nobody_is_called_before_the_experiment_runs(
    spec: ShopSpec,
) -> None:
    fake = FakeServices()
    assert await everything(fake, spec) == len(given(spec)) == len(fake.care.answers)
    assert {
        key for key, each in fake.care.room("playbooks").items() if each["state"] == "live"
    } == (set(cared.PLAYBOOKS))
    assert fake.care.steps[0] == f"/v1/experiments/{cared.EXPERIMENT}/start"
    assert fake.care.runs == Counter(cared.RUN)
    assert len(fake.care.room("targets")) == 3
    assert list(fake.care.room("reviews")) == ["2026-Q4"]


async def test_the_same_again_adds_nothing(spec: ShopSpec) -> None:
    fake = FakeServices()
    await everything(fake, spec)
    before = (str(fake.care.rooms), dict(fake.care.answers), dict(fake.care.runs))
    assert await everything(fake, spec) == len(given(spec))
    assert (str(fake.care.rooms), dict(fake.care.answers), dict(fake.care.runs)) == before


async def test_an_interrupted_round_of_answers_goes_on(spec: ShopSpec) -> None:
    fake = FakeServices()
    fake.care.fails_after = 5
    with pytest.raises(DemoFailed):
        await everything(fake, spec)
    fake.care.fails_after = None
    await everything(fake, spec)
    assert {who: body["answers"] for who, body in fake.care.answers.items()} == {
        who: body["answers"] for who, body in given(spec).items()
    }
    assert list(fake.care.room("surveys")) == [SURVEY]
