CREATE SEQUENCE event_sequence CACHE 1;

CREATE TABLE shop (
    singleton BOOLEAN DEFAULT true NOT NULL,
    base_currency TEXT NOT NULL,
    fixed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_shop PRIMARY KEY (singleton),
    CONSTRAINT ck_shop_one_row CHECK (singleton)
);

CREATE TABLE sources (
    source_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    order_namespace TEXT NOT NULL,
    is_authoritative BOOLEAN DEFAULT true NOT NULL,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_sources PRIMARY KEY (source_id)
);

CREATE TABLE stores (
    store_id TEXT NOT NULL,
    name JSONB NOT NULL,
    region TEXT,
    time_zone TEXT,
    currency TEXT,
    kind TEXT NOT NULL,
    attributes JSONB DEFAULT '{}' NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_stores PRIMARY KEY (store_id)
);

CREATE TABLE customers (
    profile_id UUID NOT NULL,
    customer_id TEXT,
    version BIGINT DEFAULT 0 NOT NULL,
    merged_into UUID,
    attributes JSONB DEFAULT '{}' NOT NULL,
    last_unlinked_return_at TIMESTAMP WITH TIME ZONE,
    created_at TIMESTAMP WITH TIME ZONE NOT NULL,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    erased_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_customers PRIMARY KEY (profile_id)
)
 WITH (fillfactor = 80);

CREATE TABLE identifiers (
    kind TEXT NOT NULL,
    lookup_key BYTEA NOT NULL,
    profile_id UUID NOT NULL,
    value_encrypted BYTEA,
    linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_identifiers PRIMARY KEY (kind, lookup_key)
);

CREATE INDEX ix_identifiers_profile_id ON identifiers (profile_id);

CREATE TABLE identity_links (
    loser_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    winner_id UUID NOT NULL,
    customer_version BIGINT NOT NULL,
    linked_at TIMESTAMP WITH TIME ZONE NOT NULL,
    undone_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_identity_links PRIMARY KEY (loser_id, sequence)
);

CREATE TABLE identity_conflicts (
    conflict_id UUID NOT NULL,
    kind TEXT NOT NULL,
    lookup_key BYTEA NOT NULL,
    claimant_id UUID NOT NULL,
    holder_id UUID NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_identity_conflicts PRIMARY KEY (conflict_id)
);

CREATE UNIQUE INDEX uq_identity_conflicts_claim ON identity_conflicts (kind, lookup_key, claimant_id);

CREATE TABLE consents (
    profile_id UUID NOT NULL,
    purpose TEXT NOT NULL,
    sequence BIGINT NOT NULL,
    is_granted BOOLEAN NOT NULL,
    customer_version BIGINT NOT NULL,
    changed_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_consents PRIMARY KEY (profile_id, purpose, sequence)
);

CREATE TABLE events (
    profile_id UUID NOT NULL,
    sequence BIGINT NOT NULL,
    customer_version BIGINT,
    source_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    event_key BYTEA NOT NULL,
    order_key BYTEA,
    store_id TEXT,
    business_date DATE NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    effective_at TIMESTAMP WITH TIME ZONE NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    is_anonymous BOOLEAN DEFAULT false NOT NULL,
    is_time_suspect BOOLEAN DEFAULT false NOT NULL,
    body JSONB NOT NULL,
    CONSTRAINT pk_events PRIMARY KEY (profile_id, sequence)
);

CREATE INDEX ix_events_sequence ON events USING brin (sequence);

CREATE TABLE event_keys (
    event_key BYTEA NOT NULL,
    body_hash BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    CONSTRAINT pk_event_keys PRIMARY KEY (event_key)
);

CREATE TABLE order_keys (
    order_key BYTEA NOT NULL,
    profile_id UUID,
    sequence BIGINT,
    CONSTRAINT pk_order_keys PRIMARY KEY (order_key)
);

CREATE TABLE reversals (
    order_key BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    profile_id UUID NOT NULL,
    occurred_at TIMESTAMP WITH TIME ZONE NOT NULL,
    applied_profile_id UUID,
    applied_version BIGINT,
    CONSTRAINT pk_reversals PRIMARY KEY (order_key, sequence)
);

CREATE TABLE orders (
    profile_id UUID NOT NULL,
    order_key BYTEA NOT NULL,
    sequence BIGINT NOT NULL,
    effective_at TIMESTAMP WITH TIME ZONE NOT NULL,
    business_date DATE NOT NULL,
    store_id TEXT,
    channel TEXT NOT NULL,
    gross BIGINT DEFAULT 0 NOT NULL,
    discount BIGINT DEFAULT 0 NOT NULL,
    net BIGINT DEFAULT 0 NOT NULL,
    cost BIGINT DEFAULT 0 NOT NULL,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    returned_net BIGINT DEFAULT 0 NOT NULL,
    returned_quantity_milli BIGINT DEFAULT 0 NOT NULL,
    refunded_net BIGINT DEFAULT 0 NOT NULL,
    is_void BOOLEAN DEFAULT false NOT NULL,
    CONSTRAINT pk_orders PRIMARY KEY (profile_id, order_key)
);

CREATE TABLE order_lines (
    profile_id UUID NOT NULL,
    order_key BYTEA NOT NULL,
    line INTEGER NOT NULL,
    sku TEXT NOT NULL,
    category TEXT,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    discount BIGINT DEFAULT 0 NOT NULL,
    net BIGINT DEFAULT 0 NOT NULL,
    cost BIGINT DEFAULT 0 NOT NULL,
    returned_quantity_milli BIGINT DEFAULT 0 NOT NULL,
    returned_net BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_order_lines PRIMARY KEY (profile_id, order_key, line)
);

CREATE TABLE entries (
    profile_id UUID NOT NULL,
    entry_id BYTEA NOT NULL,
    reverses BYTEA,
    at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    spend BIGINT DEFAULT 0 NOT NULL,
    margin BIGINT DEFAULT 0 NOT NULL,
    orders BIGINT DEFAULT 0 NOT NULL,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_entries PRIMARY KEY (profile_id, entry_id)
);

CREATE TABLE customer_day (
    profile_id UUID NOT NULL,
    business_date DATE NOT NULL,
    net_booked BIGINT DEFAULT 0 NOT NULL,
    net_qualifying BIGINT DEFAULT 0 NOT NULL,
    sales_net BIGINT DEFAULT 0 NOT NULL,
    gross BIGINT DEFAULT 0 NOT NULL,
    discount BIGINT DEFAULT 0 NOT NULL,
    cost BIGINT DEFAULT 0 NOT NULL,
    orders BIGINT DEFAULT 0 NOT NULL,
    lines BIGINT DEFAULT 0 NOT NULL,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    returns BIGINT DEFAULT 0 NOT NULL,
    returns_net BIGINT DEFAULT 0 NOT NULL,
    online_orders BIGINT DEFAULT 0 NOT NULL,
    views BIGINT DEFAULT 0 NOT NULL,
    carts BIGINT DEFAULT 0 NOT NULL,
    searches BIGINT DEFAULT 0 NOT NULL,
    checkouts BIGINT DEFAULT 0 NOT NULL,
    social BIGINT DEFAULT 0 NOT NULL,
    referrals BIGINT DEFAULT 0 NOT NULL,
    feedback BIGINT DEFAULT 0 NOT NULL,
    complaints BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_customer_day PRIMARY KEY (profile_id, business_date)
)
 WITH (fillfactor = 80);

CREATE TABLE customer_category (
    profile_id UUID NOT NULL,
    category TEXT NOT NULL,
    lines BIGINT DEFAULT 0 NOT NULL,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    net_booked BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_customer_category PRIMARY KEY (profile_id, category)
);

CREATE TABLE customer_sku (
    profile_id UUID NOT NULL,
    sku TEXT NOT NULL,
    lines BIGINT DEFAULT 0 NOT NULL,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    net_booked BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_customer_sku PRIMARY KEY (profile_id, sku)
);

CREATE TABLE customer_habit (
    profile_id UUID NOT NULL,
    slot SMALLINT NOT NULL,
    orders BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_customer_habit PRIMARY KEY (profile_id, slot)
);

CREATE TABLE shop_day (
    store_id TEXT NOT NULL,
    business_date DATE NOT NULL,
    slot SMALLINT NOT NULL,
    receipts BIGINT DEFAULT 0 NOT NULL,
    net_booked BIGINT DEFAULT 0 NOT NULL,
    sales_net BIGINT DEFAULT 0 NOT NULL,
    gross BIGINT DEFAULT 0 NOT NULL,
    discount BIGINT DEFAULT 0 NOT NULL,
    cost BIGINT DEFAULT 0 NOT NULL,
    lines BIGINT DEFAULT 0 NOT NULL,
    quantity_milli BIGINT DEFAULT 0 NOT NULL,
    returns BIGINT DEFAULT 0 NOT NULL,
    returns_net BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_shop_day PRIMARY KEY (store_id, business_date, slot)
);

CREATE TABLE products (
    sku TEXT NOT NULL,
    name JSONB DEFAULT '{}' NOT NULL,
    category TEXT,
    brand TEXT,
    cost BIGINT,
    updated_at TIMESTAMP WITH TIME ZONE NOT NULL,
    CONSTRAINT pk_products PRIMARY KEY (sku)
);

CREATE TABLE exchange_rates (
    currency TEXT NOT NULL,
    valid_from DATE NOT NULL,
    rate_nano BIGINT NOT NULL,
    CONSTRAINT pk_exchange_rates PRIMARY KEY (currency, valid_from)
);

CREATE TABLE quarantine (
    quarantine_id UUID NOT NULL,
    source_id TEXT NOT NULL,
    route TEXT NOT NULL,
    reason TEXT NOT NULL,
    message TEXT NOT NULL,
    body_encrypted BYTEA NOT NULL,
    body_sha256 BYTEA NOT NULL,
    received_at TIMESTAMP WITH TIME ZONE NOT NULL,
    replayed_at TIMESTAMP WITH TIME ZONE,
    replayed_sequence BIGINT,
    CONSTRAINT pk_quarantine PRIMARY KEY (quarantine_id)
);

CREATE INDEX ix_quarantine_received_at ON quarantine (received_at);

CREATE TABLE imports (
    import_id UUID NOT NULL,
    source_id TEXT NOT NULL,
    file_name TEXT NOT NULL,
    status TEXT NOT NULL,
    mapping JSONB NOT NULL,
    rows_done BIGINT DEFAULT 0 NOT NULL,
    accepted BIGINT DEFAULT 0 NOT NULL,
    duplicates BIGINT DEFAULT 0 NOT NULL,
    conflicts BIGINT DEFAULT 0 NOT NULL,
    rejected BIGINT DEFAULT 0 NOT NULL,
    rows_total BIGINT,
    started_at TIMESTAMP WITH TIME ZONE NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    CONSTRAINT pk_imports PRIMARY KEY (import_id)
);

CREATE TABLE import_errors (
    import_id UUID NOT NULL,
    row BIGINT NOT NULL,
    codes TEXT[] NOT NULL,
    message TEXT NOT NULL,
    CONSTRAINT pk_import_errors PRIMARY KEY (import_id, row)
);

CREATE FUNCTION refuse_event_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    -- only erasure may rewrite a stored event, and it says so inside its transaction
    IF current_setting('tierline.erasure', true) = 'on' THEN
        RETURN coalesce(NEW, OLD);
    END IF;
    RAISE EXCEPTION 'events are immutable';
END
$$;

CREATE TRIGGER events_are_immutable BEFORE UPDATE OR DELETE ON events
    FOR EACH ROW EXECUTE FUNCTION refuse_event_change();
