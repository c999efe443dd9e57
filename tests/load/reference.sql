-- The limit ingest is measured against: the same rows, already read, checked and resolved, folded
-- into the same tables by one transaction of plain SQL over two staged tables.
INSERT INTO event_keys (event_key, body_hash, sequence)
SELECT event_key, body_hash, sequence FROM stage_receipts ON CONFLICT DO NOTHING;

INSERT INTO customers (profile_id, customer_id, version, created_at, updated_at)
SELECT DISTINCT profile_id, NULL, 0, now(), now() FROM stage_receipts WHERE NOT is_anonymous
ON CONFLICT DO NOTHING;

INSERT INTO identifiers (kind, lookup_key, profile_id, value_encrypted, linked_at)
SELECT DISTINCT 'loyalty_account', lookup_key, profile_id, lookup_key, now()
FROM stage_receipts WHERE NOT is_anonymous ON CONFLICT DO NOTHING;

INSERT INTO order_keys (order_key, profile_id, sequence)
SELECT event_key, profile_id, sequence FROM stage_receipts ON CONFLICT DO NOTHING;

INSERT INTO events
SELECT profile_id, sequence, 1, 'till', 'receipt.sale', event_key, event_key, store_id,
    business_date, at, at, now(), is_anonymous, false, body::jsonb
FROM stage_receipts;

INSERT INTO orders
SELECT r.profile_id, r.event_key, r.sequence, r.at, r.business_date, r.store_id, r.channel,
    sum(l.net + l.discount), sum(l.discount), sum(l.net), sum(l.cost), sum(l.quantity_milli),
    0, 0, 0, false
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE NOT r.is_anonymous
GROUP BY 1, 2, 3, 4, 5, 6, 7;

INSERT INTO order_lines
SELECT r.profile_id, r.event_key, l.line, l.sku, l.category, l.quantity_milli, l.discount, l.net,
    l.cost, 0, 0
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE NOT r.is_anonymous;

INSERT INTO entries
SELECT r.profile_id, r.event_key, NULL::bytea, r.at, r.at, sum(l.net), sum(l.net - l.cost), 1,
    sum(l.quantity_milli)
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE NOT r.is_anonymous
GROUP BY 1, 2, 3, 4, 5;

INSERT INTO customer_day (profile_id, business_date, net_booked, net_qualifying, sales_net, gross,
    discount, cost, orders, lines, quantity_milli)
SELECT r.profile_id, r.business_date, sum(l.net), sum(l.net), sum(l.net), sum(l.net + l.discount),
    sum(l.discount), sum(l.cost), count(DISTINCT r.event_key), count(*), sum(l.quantity_milli)
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE NOT r.is_anonymous
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (profile_id, business_date) DO UPDATE SET
    net_booked = customer_day.net_booked + excluded.net_booked,
    net_qualifying = customer_day.net_qualifying + excluded.net_qualifying,
    sales_net = customer_day.sales_net + excluded.sales_net,
    gross = customer_day.gross + excluded.gross,
    discount = customer_day.discount + excluded.discount,
    cost = customer_day.cost + excluded.cost,
    orders = customer_day.orders + excluded.orders,
    lines = customer_day.lines + excluded.lines,
    quantity_milli = customer_day.quantity_milli + excluded.quantity_milli;

INSERT INTO customer_category
SELECT r.profile_id, l.category, count(*), sum(l.quantity_milli), sum(l.net)
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE NOT r.is_anonymous
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (profile_id, category) DO UPDATE SET lines = customer_category.lines + excluded.lines,
    quantity_milli = customer_category.quantity_milli + excluded.quantity_milli,
    net_booked = customer_category.net_booked + excluded.net_booked;

INSERT INTO customer_sku
SELECT r.profile_id, l.sku, count(*), sum(l.quantity_milli), sum(l.net)
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE NOT r.is_anonymous
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (profile_id, sku) DO UPDATE SET lines = customer_sku.lines + excluded.lines,
    quantity_milli = customer_sku.quantity_milli + excluded.quantity_milli,
    net_booked = customer_sku.net_booked + excluded.net_booked;

INSERT INTO customer_habit
SELECT profile_id, slot, count(*) FROM stage_receipts WHERE NOT is_anonymous
GROUP BY 1, 2 ORDER BY 1, 2
ON CONFLICT (profile_id, slot) DO UPDATE SET orders = customer_habit.orders + excluded.orders;

INSERT INTO shop_day (store_id, business_date, slot, receipts, net_booked, sales_net, gross,
    discount, cost, lines, quantity_milli)
SELECT r.store_id, r.business_date, get_byte(r.event_key, 0) % 16, count(DISTINCT r.event_key),
    sum(l.net), sum(l.net), sum(l.net + l.discount), sum(l.discount), sum(l.cost), count(*),
    sum(l.quantity_milli)
FROM stage_receipts r JOIN stage_lines l USING (event_key) WHERE r.is_anonymous
GROUP BY 1, 2, 3 ORDER BY 1, 2, 3
ON CONFLICT (store_id, business_date, slot) DO UPDATE SET
    receipts = shop_day.receipts + excluded.receipts,
    net_booked = shop_day.net_booked + excluded.net_booked,
    sales_net = shop_day.sales_net + excluded.sales_net,
    gross = shop_day.gross + excluded.gross,
    discount = shop_day.discount + excluded.discount,
    cost = shop_day.cost + excluded.cost,
    lines = shop_day.lines + excluded.lines,
    quantity_milli = shop_day.quantity_milli + excluded.quantity_milli;

UPDATE customers SET version = version + n FROM (
    SELECT profile_id, count(*) AS n FROM stage_receipts WHERE NOT is_anonymous GROUP BY 1
) AS t WHERE customers.profile_id = t.profile_id;
