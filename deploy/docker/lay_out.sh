#!/bin/sh
# Lay out the code of one image: lay_out.sh SERVICE SOURCE TARGET.
# A service gets its own package and shared/; the worker runs every service's loops and the CLI.
set -eu
service=$1 source=$2 target=$3

mkdir -p "$target/bin" "$target/services"
cp -R "$source/shared" "$target/shared"
cp "$source/services/__init__.py" "$target/services/"
for program in start health.py; do
    cp "$source/deploy/docker/$program" "$target/bin/$program"
done
if [ "$service" = worker ]; then
    cp -R "$source/services/." "$target/services/"
    cp -R "$source/deploy" "$target/deploy"
    rm -rf "$target/deploy/requirements" "$target/deploy/docker"
    cp "$source/deploy/docker/tierline" "$target/bin/tierline"
else
    cp -R "$source/services/$service" "$target/services/$service"
fi
chmod 755 "$target"/bin/*
