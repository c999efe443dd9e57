#!/bin/sh
# Make up the secrets docker-compose.yml asks for: (umask 077; sh deploy/docker/new_env.sh > .env)
set -eu

hex() { od -An -v -tx1 -N "$1" /dev/urandom | tr -d ' \n'; }
api_key() { printf 'tl_sk_%s' "$(head -c 32 /dev/urandom | base64 | tr '+/' '-_' | tr -d '=\n')"; }

echo "POSTGRES_PASSWORD=$(hex 24)"
echo "TIERLINE_SECRET_KEY=$(hex 32)"
echo "TIERLINE_SERVICE_KEY=$(api_key)"
echo "TIERLINE_ADMIN_KEY=$(api_key)"
echo "TIERLINE_CONSOLE_KEY=$(api_key)"
echo "CONSOLE_ADMIN_PASSWORD=$(hex 12)"
