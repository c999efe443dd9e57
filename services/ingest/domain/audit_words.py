"""What the actions of the audit log are, in words: those of every service."""

from typing import Final, NamedTuple


class Words(NamedTuple):
    """One thing said in both languages."""

    en: str
    zh: str


_CUSTOMERS: Final = {
    "merge": Words("Customers merged", "合并会员"),
    "unmerge": Words("Merge undone", "撤销合并"),
    "move_identifier": Words("Identifier moved to another customer", "标识改归另一会员"),
    "conflict.resolved": Words("Contested identifier settled", "裁定标识归属"),
    "erasure.asked": Words("Erasure of a customer asked for", "申请抹除会员数据"),
    "customer_erased": Words("Customer erased", "抹除会员数据"),
    "order.corrected": Words("Worth of an order put right", "订单金额更正"),
    "pin.given": Words("Tier pinned", "锁定等级"),
    "pin.ended": Words("Pin taken back", "解除等级锁定"),
    "grant.given": Words("Tier granted", "授予等级"),
    "grant.ended": Words("Grant taken back", "收回授予的等级"),
    "points.adjusted": Words("Points given or taken by hand", "人工调整积分"),
}
_PROGRAMMES: Final = {
    "draft_programme": Words("Programme drafted", "起草等级方案"),
    "publish_programme": Words("Programme published", "发布等级方案"),
    "roll_back_programme": Words("Programme rolled back", "回退等级方案"),
    "segment.created": Words("Segment made", "新建细分人群"),
    "segment.written": Words("Segment changed", "修改细分人群"),
    "segment.deleted": Words("Segment deleted", "删除细分人群"),
    "kpi_target_changed": Words("Target of a KPI changed", "修改指标目标"),
}
_MODELS: Final = {
    "model.trained": Words("Model trained", "模型训练完成"),
    "model.training_refused": Words("Training refused", "训练未通过"),
    "model.gate_passed": Words("Model passed the promotion gate", "模型通过上线检验"),
    "model.gate_failed": Words("Model failed the promotion gate", "模型未通过上线检验"),
    "model.promoted": Words("Model put into force", "模型上线"),
    "model.retired": Words("Model retired", "模型下线"),
    "model.artefact_refused": Words("Model file refused", "模型文件被拒绝"),
    "model.rolled_back_to": Words("Rolled back to this model", "回退到此模型"),
    "model.rolled_back_from": Words("Rolled back from this model", "从此模型回退"),
    "model.shadow_began": Words("Model compared beside the live one", "开始影子对比"),
    "model.shadow_ended": Words("Comparison of a model ended", "结束影子对比"),
}
_CARE: Final = {
    "survey.written": Words("Survey written", "编写问卷"),
    "survey.opened": Words("Survey opened", "开放问卷"),
    "survey.closed": Words("Survey closed", "关闭问卷"),
    "survey.deleted": Words("Survey deleted", "删除问卷"),
    "playbook.written": Words("Playbook written", "编写关怀流程"),
    "playbook.run": Words("Playbook run by hand", "手动执行关怀流程"),
    "experiment.written": Words("Experiment written", "编写实验"),
    "experiment.started": Words("Experiment started", "启动实验"),
    "experiment.stopped": Words("Experiment stopped", "停止实验"),
    "offer.written": Words("Offer written", "编写优惠"),
    "service_calendar.written": Words("Hours of service written", "设置服务时间"),
    "finding.changed": Words("Finding of a review settled", "处理回顾结论"),
    "kpis.rebuild_asked": Words("KPIs to be rolled up anew", "申请重算指标"),
    "case.decided": Words("Disputed tier judged", "裁定等级争议"),
}
_DATA: Final = {
    "source.written": Words("Source registered or changed", "登记或修改数据来源"),
    "source.webhook_set_up": Words("Incoming webhook of a source set up", "设置来源的接收回调"),
    "store.written": Words("Store written", "登记或修改门店"),
    "exchange_rates.written": Words("Exchange rates written", "写入汇率"),
    "products.written": Words("Products written", "写入商品"),
    "quarantine.replayed": Words("Record kept aside taken in", "重新接收隔离记录"),
    "import.asked": Words("Import of a file asked for", "提交文件导入"),
}
_PLATFORM: Final = {
    "key.made": Words("API key made", "新建 API 密钥"),
    "key.revoked": Words("API key revoked", "吊销 API 密钥"),
    "add_webhook": Words("Outgoing webhook added", "新增推送地址"),
    "change_webhook": Words("Outgoing webhook changed", "修改推送地址"),
    "remove_webhook": Words("Outgoing webhook removed", "删除推送地址"),
    "rotate_webhook_secret": Words("Secret of a webhook replaced", "更换推送密钥"),
    "webhook.replayed": Words("Messages of a webhook sent again", "重新推送消息"),
    "webhook_endpoint_disabled": Words(
        "Webhook switched off: it kept failing", "推送持续失败，已停用"
    ),
}
WORDS: Final = _CUSTOMERS | _PROGRAMMES | _MODELS | _CARE | _DATA | _PLATFORM


def words_of(action: str) -> Words | None:
    """Say an action in words; None for one that is not known here."""
    return WORDS.get(action)
