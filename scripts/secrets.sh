#!/bin/sh
# Makes the secrets that docker-compose.yml hands to its containers: secrets.sh [DIR]
#
# Once: what is there is what the database and the passwords in it were made with, so nothing is ever replaced.
set -eu
cd "$(dirname "$0")/.."
folder=${1:-secrets}

if [ -e "$folder" ]; then
    echo "$folder is there already and stays as it is; to begin anew, remove it together with the volumes (docker compose down --volumes), and all mail" >&2
    exit 1
fi

random() { LC_ALL=C tr -dc 'A-Za-z0-9' </dev/urandom | head -c "$1"; }

# It appears whole, under its name, or not at all. Nobody else on this machine gets into the folder; the files in it are
# readable, for a container runs as another user and is handed the files alone.
umask 077
new=$(mktemp -d "$folder.XXXXXX")
trap 'rm -rf "$new"' EXIT
password=$(random 40)
printf '%s\n' "$password" >"$new/postgres_password"
printf 'postgresql://triage:%s@db:5432/triage\n' "$password" >"$new/database_url"
printf '%s\n' "$(random 48)" >"$new/secret_key"
printf '%s\n' "$(random 24)" >"$new/grafana_password"
printf '%s\n' "$(random 24)" >"$new/flower_password"
: >"$new/metrics_key"
chmod 644 "$new"/*
mv "$new" "$folder"
trap - EXIT
echo "made $folder; keep a copy of it elsewhere: without secret_key the passwords of mail accounts cannot be read"
