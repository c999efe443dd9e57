"""Tables that services/scoring owns: models, releases, decisions."""

from sqlalchemy import Column, Float, Index, SmallInteger, Table

from shared.schema.metadata import (
    ROOM_FOR_UPDATES,
    blob,
    day,
    document,
    instant,
    metadata,
    number,
    uuid,
    words,
)

models = Table(
    "models",
    metadata,
    words("model_version", key=True),
    document("manifest"),
    blob("artefact"),
    blob("signature"),
    # joblib of the training estimator; loaded only when its signature is ours
    blob("training_artefact", null=True),
    blob("training_signature", null=True),
    instant("created_at"),
    # candidate, live, retired or rejected; the shadow is named by model_roles
    words("status", default="'candidate'"),
    # every check of the promotion gate, with its figure
    document("gate", null=True),
)

model_log = Table(
    "model_log",
    metadata,
    # the life of a model, append-only: trained, judged, promoted, rolled back, by whom and why
    uuid("log_id", key=True),
    words("model_version"),
    words("what"),
    words("actor"),
    words("reason", default="''"),
    document("details", default="'{}'"),
    instant("at"),
    Index("ix_model_log_model_version", "model_version", "at"),
)

model_roles = Table(
    "model_roles",
    metadata,
    # 'shadow': the challenger that is scored beside the live model
    words("role", key=True),
    words("model_version"),
    instant("since"),
)

evaluations = Table(
    "evaluations",
    metadata,
    uuid("evaluation_id", key=True),
    words("model_version"),
    document("metrics"),
    instant("created_at"),
    # rehearsal: at training; backtest: asked for; realised: after the horizon has passed
    words("kind", default="'rehearsal'"),
    day("business_date", null=True),
    # the HTML page
    blob("report", null=True),
    Index("ix_evaluations_model_version", "model_version", "created_at"),
)

scored_samples = Table(
    "scored_samples",
    metadata,
    # what models expected of some customers, to be judged when the horizon has passed
    uuid("profile_id", key=True),
    words("model_version", key=True),
    day("business_date", key=True),
    words("role"),
    *(Column(name, Float, nullable=False) for name in ("raw", "value", "low", "high", "chance")),
    instant("scored_at"),
    Index("ix_scored_samples_date", "model_version", "business_date"),
)

drift_reports = Table(
    "drift_reports",
    metadata,
    words("model_version", key=True),
    day("business_date", key=True),
    document("document"),
    instant("computed_at"),
)

cuts = Table(
    "cuts",
    metadata,
    number("cuts_id", key=True),
    words("programme_key"),
    words("model_version"),
    day("reference_date"),
    # {"enter": {tier key: season-free score}, "leave": {...}, "population": n}
    document("thresholds"),
    instant("created_at"),
)

base_levels = Table(
    "base_levels",
    metadata,
    words("model_version", key=True),
    day("business_date", key=True),
    # mean raw score of the base on that date; divides the season out
    Column("level", Float, nullable=False),
    number("customers"),
    instant("computed_at"),
)

releases = Table(
    "releases",
    metadata,
    number("release_id", key=True),
    words("programme_key"),
    number("programme_version"),
    words("model_version", null=True),
    number("cuts_id", null=True),
    day("reference_date"),
    words("status"),
    number("snapshot_sequence", null=True),
    # of a status programme: [{"version": n, "since": instant or null}], the last one in force
    document("schedule", null=True),
    instant("created_at"),
    instant("live_at", null=True),
)

live_releases = Table(
    "live_releases",
    metadata,
    words("programme_key", key=True),
    number("release_id"),
    number("previous_release_id", null=True),
    instant("flipped_at"),
)

tier_current = Table(
    "tier_current",
    metadata,
    uuid("profile_id", key=True),
    words("programme_key", key=True),
    number("release_id", key=True),
    number("decided_version"),
    number("decided_control_version", default="0"),
    day("business_date"),
    day("level_date", null=True),
    instant("decided_at"),
    instant("next_change_at"),
    Column("rank", SmallInteger, nullable=False),
    words("tier_key"),
    instant("since"),
    words("lifecycle"),
    Column("score", Float, nullable=True),
    # of status programmes, whose business_date is 'infinity': they follow the clock, not the grid;
    # of value programmes where a pin or a grant shows another tier
    words("status", null=True),
    instant("valid_until", null=True),
    # what the next business date needs of this one: {"below": n, "grid": date}
    document("state", default="'{}'"),
    # names the features, level and release it rests on; null where there was nothing to score
    blob("inputs_hash", null=True),
    # the encoded answer without `as_of` and `stale`, which every read appends
    blob("answer"),
    # lists of the most valuable, by class and stage of life, and how many there are of each
    Index(
        "ix_tier_current_ladder",
        "programme_key",
        "release_id",
        "rank",
        "lifecycle",
        "score",
        "profile_id",
    ),
    postgresql_with=ROOM_FOR_UPDATES,
)

tier_timeline = Table(
    "tier_timeline",
    metadata,
    uuid("profile_id", key=True),
    words("programme_key", key=True),
    number("release_id", key=True),
    instant("at", key=True),
    Column("rank", SmallInteger, nullable=False),
    words("tier_key"),
    words("reason"),
    instant("valid_until", null=True),
)

tier_history = Table(
    "tier_history",
    metadata,
    uuid("profile_id", key=True),
    uuid("history_id", key=True),
    words("programme_key"),
    number("release_id"),
    number("customer_version"),
    number("control_version", default="0"),
    instant("business_instant"),
    instant("decided_at"),
    words("tier_from", null=True),
    words("tier_to"),
    words("reason"),
    blob("inputs_hash", null=True),
    # what was told in the last minutes: rows lie in the order they were told
    Index(
        "ix_tier_history_business_instant",
        "business_instant",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    ),
)

# Both are noted once a business date by a pass over the facts: asked for one customer they would
# take that pass each time.
sku_first_sales = Table(
    "sku_first_sales",
    metadata,
    words("sku", key=True),
    day("first_sold"),
)

source_census = Table(
    "source_census",
    metadata,
    # `customer_day.views`, `order_lines.category`; without a date: never seen in this shop
    words("source", key=True),
    day("first_seen", null=True),
    day("noted_on"),
)
