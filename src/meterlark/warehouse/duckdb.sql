-- Every statement of the DuckDB warehouse. `name:` starts a statement; {slots} are filled with names and numbers that we made ourselves,
-- values that came from outside are always bound parameters.
-- A table has two parts: `tail` takes new rows in ledger order; `sealed` holds blocks of rows sorted by subject, so that a question about
-- one customer reads the few row groups that hold it; blocks of the listing are stretches of time, sorted by subject within. A value is two
-- columns: whole units and 10**-18 units, both 64-bit integers. The listing has a third part, `voided`: which of its events count no more.
-- Sums over `sealed` are kept in `rolled0`, `rolled1`: see duckdb_rollup.sql.

-- name: create_state
create table if not exists w.main.meterlark_table (
  key bigint not null,          -- name of the table within the warehouse
  spec varchar not null,        -- JSON of the TableSpec
  batch_after bigint not null,  -- bounds of the last batch: after this sequence number, exclusive,
  position bigint not null,     -- up to this one, inclusive
  tail_rows bigint not null,    -- rows in the unsorted part
  first_us bigint,              -- earliest and latest event time in the table
  last_us bigint,
  sealed_upto bigint not null,  -- position at which the unsorted part was last sealed; 0 before
  rollups varchar,              -- JSON of the Rollups, by place; null before the first block
  fractional bigint[] not null  -- places of the numbers that had a fraction in any event
);

-- name: has_state
select 1 from duckdb_tables() where database_name = 'w' and table_name = 'meterlark_table'

-- name: has_version
select 1 from duckdb_tables() where database_name = 'w' and table_name = 'meterlark_version'

-- name: version
select version from w.main.meterlark_version

-- name: create_version
create or replace table w.main.meterlark_version as select {version} as version

-- name: create_keys
create sequence if not exists w.main.meterlark_key

-- name: tables
select key, spec, position, tail_rows, first_us, last_us, sealed_upto, rollups, fractional
from w.main.meterlark_table order by key

-- name: snapshot
select first_us, last_us, sealed_upto from w.main.meterlark_table where key = $1

-- name: next_key
select nextval('w.main.meterlark_key')

-- name: add_table
insert into w.main.meterlark_table values ($1, $2, 0, 0, 0, null, null, 0, null, [])

-- name: create_part
create table w.main.{table} ({columns})

-- name: drop_table
delete from w.main.meterlark_table where key = $1

-- name: drop_part
drop table w.main.{table}

-- name: move_position
update w.main.meterlark_table 
set batch_after = $2, position = $3, tail_rows = $4, first_us = $5, last_us = $6, sealed_upto = $7, rollups = $8, fractional = $9
where key = $1

-- name: seal
insert into w.main.{sealed} select * from w.main.{tail} order by subject, time_us, sequence

-- name: seal_listing
insert into w.main.{sealed} select * from w.main.{tail}
order by (row_number() over (order by time_us, sequence) - 1) // {segment}, subject, time_us, sequence

-- name: empty_tail
delete from w.main.{tail}

-- name: remove_rows
-- The engine looks into the few row groups whose sequences can be among these.
delete from w.main.{part} where sequence in (select unnest($1::bigint[]))

-- name: remember_voided
insert into w.main.{voided} values ($1, $2)

-- name: has_voided
select 1 from w.main.{voided} limit 1

-- name: voided
select sequence, void from w.main.{voided} where sequence in (select unnest($1::bigint[]))

-- name: arm
select {columns} from w.main.{part} where {condition}

-- name: query
select {keys}{values} from {rows} as measured {grouping}

-- name: subjects
select distinct subject from {rows} as counted

-- name: values
select distinct {column} from {rows} as counted where {column} <> ''

-- name: listing
-- Each part gives its own first rows: only then the engine begins with the row groups that have the newest and skips the others.
select sequence from (
  (select sequence, time_us from w.main.{sealed} where {condition} order by time_us desc, sequence desc limit {limit})
  union all
  (select sequence, time_us from w.main.{tail} where {condition} order by time_us desc, sequence desc limit {limit})
) as listed order by time_us desc, sequence desc limit {limit}
