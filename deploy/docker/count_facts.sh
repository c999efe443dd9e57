#!/bin/sh
# Runs in the Postgres container: how many orders the facts hold, and their net by order and by day.
# An order counted twice shows here whatever the services say.
PGPASSWORD=$POSTGRES_PASSWORD exec psql --host=127.0.0.1 --username="$POSTGRES_USER" \
    --dbname="$POSTGRES_DB" --no-align --tuples-only --field-separator=' ' --command="
SELECT (SELECT count(*) FROM orders), (SELECT sum(net) FROM orders),
       (SELECT sum(net_booked) FROM customer_day)"
