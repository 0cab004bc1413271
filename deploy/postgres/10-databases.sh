#!/bin/sh
# A role and a database for each service; none may enter another's. The image runs it on an empty volume. It may be run again,
# for instance after a password was changed: docker compose exec postgres /docker-entrypoint-initdb.d/10-databases.sh
set -eu
secrets=${SECRETS_FOLDER:-/run/secrets}

for service in membership meetings deliberation notifications; do
  psql --quiet --no-psqlrc --set ON_ERROR_STOP=1 --username "${POSTGRES_USER:-postgres}" --dbname postgres \
    --set service=$service --set file="$secrets/${service}_database_password" <<'SQL'
\set password `cat :'file'`
SELECT format('CREATE ROLE %I LOGIN', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = :'service') \gexec
ALTER ROLE :"service" PASSWORD :'password';
SELECT format('CREATE DATABASE %I OWNER %I', :'service', :'service')
 WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'service') \gexec
REVOKE ALL ON DATABASE :"service" FROM PUBLIC;
SQL
done
