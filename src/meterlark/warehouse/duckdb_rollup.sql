-- Every statement that fills a rollup; the frame of questions is in duckdb.sql. A rollup has the columns of its table by the same names, but
-- sums in them: n and p of whole and part, c of how many events have the number, and c alone of how many events there are.

-- name: create
create table w.main.{rolled} ({columns})

-- name: drop
drop table w.main.{rolled}

-- name: distinct
select {columns} from w.main.{tail}

-- name: count
select count(*) from w.main.{rolled}

-- name: add
insert into w.main.{rolled} select {columns} from w.main.{tail} group by {keys} order by {keys}

-- name: span
select min(time_us), max(time_us) from w.main.{sealed} where sequence in (select unnest($1::bigint[]))

-- name: forget
delete from w.main.{rolled}
where {key} in (select {event_key} from w.main.{sealed} where sequence in (select unnest($1::bigint[])))

-- name: add_without
insert into w.main.{rolled} select {columns} from w.main.{sealed}
where time_us >= $2 and time_us < $3 and sequence not in (select unnest($1::bigint[]))
  and {event_key} in (select {event_key} from w.main.{sealed} where sequence in (select unnest($1::bigint[])))
group by {keys}
