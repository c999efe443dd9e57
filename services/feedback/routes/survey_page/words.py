"""What the page of a survey says by itself, in both languages."""

from collections.abc import Mapping
from typing import Final

Words = Mapping[str, str]

NEXT: Final[Words] = {"en": "Continue", "zh": "继续"}
BACK: Final[Words] = {"en": "Back", "zh": "返回"}
SEND: Final[Words] = {"en": "Send answers", "zh": "提交"}
REQUIRED: Final[Words] = {"en": "required", "zh": "必填"}
NO_ANSWER: Final[Words] = {"en": "No answer", "zh": "不作答"}
YES: Final[Words] = {"en": "Yes", "zh": "是"}
NO: Final[Words] = {"en": "No", "zh": "否"}
STEP: Final[Words] = {"en": "Step {n} of {all}", "zh": "第 {n} 步，共 {all} 步"}
SEVERAL: Final[Words] = {"en": "Several answers are possible.", "zh": "可多选。"}
ANONYMOUS: Final[Words] = {
    "en": "This survey is anonymous: your answers are kept without your name.",
    "zh": "本问卷匿名：保存答案时不记录您的姓名。",
}
PLEASE_LOOK: Final[Words] = {
    "en": "Please look at the marked questions again.",
    "zh": "请查看标出的问题。",
}
THANKS_TITLE: Final[Words] = {"en": "Thank you", "zh": "谢谢"}
THANKS: Final[Words] = {
    "en": "Your answers have been saved. You can close this page.",
    "zh": "您的答案已保存，可以关闭此页面。",
}
SWITCH: Final[Words] = {"en": "中文", "zh": "English"}
LANGUAGE_TAGS: Final[Words] = {"en": "en", "zh": "zh-CN"}

#: Ends of the scales that everybody uses.
ENDS: Final[Mapping[str, tuple[Words, Words]]] = {
    "csat": (
        {"en": "Very dissatisfied", "zh": "非常不满意"},
        {"en": "Very satisfied", "zh": "非常满意"},
    ),
    "nps": (
        {"en": "Not at all likely", "zh": "完全不可能"},
        {"en": "Very likely", "zh": "非常可能"},
    ),
    "ces": ({"en": "Very hard", "zh": "非常困难"}, {"en": "Very easy", "zh": "非常容易"}),
}
FAULTS: Final[Mapping[str, Words]] = {
    "missing": {"en": "Please answer this question.", "zh": "请回答此问题。"},
    "too_long": {
        "en": "Please write at most {longest} characters.",
        "zh": "请最多填写 {longest} 个字符。",
    },
    "out_of_range": {
        "en": "Please choose from {lowest} to {highest}.",
        "zh": "请选择 {lowest} 到 {highest}。",
    },
    "wrong_form": {"en": "Please give a date.", "zh": "请填写日期。"},
}
ANY_FAULT: Final[Words] = {"en": "This answer cannot be taken.", "zh": "无法接受此答案。"}
#: Why there is nothing to answer, by the slug of the problem.
REFUSALS: Final[Mapping[str, tuple[Words, Words]]] = {
    "not_found": (
        {"en": "This link leads nowhere", "zh": "链接无效"},
        {
            "en": "It may be incomplete. Please open it from the message once more.",
            "zh": "链接可能不完整，请从原消息中重新打开。",
        },
    ),
    "survey_expired": (
        {"en": "The time to answer is over", "zh": "问卷已过期"},
        {"en": "Thank you for your interest.", "zh": "感谢您的关注。"},
    ),
    "survey_closed": (
        {"en": "This survey is closed", "zh": "问卷已结束"},
        {"en": "Thank you for your interest.", "zh": "感谢您的关注。"},
    ),
    "erased": (
        {"en": "This survey is over for you", "zh": "此问卷对您已结束"},
        {"en": "Nothing is kept of you here.", "zh": "这里不再保存您的任何信息。"},
    ),
}
TROUBLE: Final[tuple[Words, Words]] = (
    {"en": "That did not work", "zh": "出了点问题"},
    {
        "en": "Your answers could not be read. Please try again.",
        "zh": "无法读取您的答案，请重试。",
    },
)
