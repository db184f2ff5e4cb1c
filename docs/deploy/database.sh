# Run once, by the image of PostgreSQL when it makes its folder: a database whose owner may do
# nothing outside of it.
set -eu
psql --username=postgres --set=ON_ERROR_STOP=1 \
    --set=password="$(cat /run/secrets/database-password)" <<'SQL'
CREATE ROLE vqs LOGIN PASSWORD :'password';
CREATE DATABASE vqs OWNER vqs;
SQL
