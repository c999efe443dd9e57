"""KPIs of what customers say, and of how they are answered."""

from __future__ import annotations

from typing import Final

from services.feedback.domain.kpis.definition import Better, By, Unit, flow

_CUTS: Final = (By.TIER, By.CHANNEL)
SAID: Final = (
    flow(
        key="csat",
        name={"en": "Satisfaction (CSAT)", "zh": "满意度（CSAT）"},
        words={
            "en": "Share of csat answers that are 4 or 5, by the day they were said.",
            "zh": "满意度评分中 4 分和 5 分所占的比例，按评价当日计。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="csat answers of 4 or 5",
        denominator="csat answers",
        cuts=_CUTS,
        high=1.0,
    ),
    flow(
        key="nps",
        name={"en": "Net promoter score", "zh": "净推荐值（NPS）"},
        words={
            "en": "Promoters (9-10) less detractors (0-6), in points of 100 answers.",
            "zh": "推荐者（9-10 分）减去贬损者（0-6 分）占全部回答的百分点。",
        },
        unit=Unit.SCORE,
        better=Better.UP,
        numerator="promoters less detractors",
        denominator="nps answers",
        cuts=_CUTS,
        factor=100.0,
        low=-100.0,
        high=100.0,
    ),
    flow(
        key="ces",
        name={"en": "Ease (CES)", "zh": "轻松度（CES）"},
        words={
            "en": "Mean of ces answers, 1 (hard) to 7 (easy).",
            "zh": "轻松度评分的平均值，1 分（困难）至 7 分（轻松）。",
        },
        unit=Unit.SCORE,
        better=Better.UP,
        numerator="sum of ces ratings",
        denominator="ces answers",
        cuts=_CUTS,
        low=1.0,
        high=7.0,
    ),
    flow(
        key="first_response_time",
        name={"en": "First response time", "zh": "首次响应时间"},
        words={
            "en": "Median of the service minutes from opening a case to its first answer, by the"
            " day it was answered; tier held when it was said.",
            "zh": "从立案到首次答复的服务时间（分钟）中位数，按答复当日计；等级为反馈时所持等级。",
        },
        unit=Unit.MINUTES,
        better=Better.DOWN,
        numerator="sum of service minutes",
        denominator="cases answered for the first time",
        lacks={"en": "No case was answered in these dates.", "zh": "这些日期内没有答复工单。"},
        cuts=_CUTS,
        is_median=True,
    ),
    flow(
        key="survey_response_rate",
        name={"en": "Survey response rate", "zh": "问卷回复率"},
        words={
            "en": "Share of survey invitations that were answered, by the day of the invitation;"
            " late answers raise the share of that day.",
            "zh": "已答复的问卷邀请比例，按邀请当日计；之后的答复计入邀请当日。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="invitations that were answered",
        denominator="invitations",
        lacks={"en": "No survey was sent in these dates.", "zh": "这些日期内没有发出问卷。"},
        cuts=(By.TIER,),
        high=1.0,
    ),
    flow(
        key="offer_acceptance",
        name={"en": "Offers accepted", "zh": "优惠接受率"},
        words={
            "en": "Share of responses to offers that accept, by the day of the response.",
            "zh": "对优惠的回应中表示接受的比例，按回应当日计。",
        },
        unit=Unit.SHARE,
        better=Better.UP,
        numerator="responses that accept",
        denominator="responses: accepted, declined, ignored",
        lacks={
            "en": "Nobody was offered anything in these dates.",
            "zh": "这些日期内没有优惠反馈。",
        },
        cuts=(By.TIER,),
        high=1.0,
    ),
)
