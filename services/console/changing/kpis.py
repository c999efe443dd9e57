"""What people change of KPIs: what they should be."""

from collections.abc import Mapping

from services.console.accounts.roles import Permission
from services.console.visiting.changes import Change
from services.console.visiting.services import Service
from shared.clients.transport import Call


def set_target(kpi: str, target: Mapping[str, object], version: int | None) -> Change:
    """Say what a KPI should be in a period; `version` of the target that stands, if any."""
    body = {"kpi": kpi, **target}
    if_match = None if version is None else f'"{version}"'
    call = Call("PUT", "/v1/kpis/targets", body, if_match=if_match)
    subject = f"kpi:{kpi}"
    details = {name: body.get(name) for name in ("slice", "period", "value")}
    return Change(
        Permission.KPIS_CHANGE, "kpi.target_set", subject, Service.FEEDBACK, call, details
    )
