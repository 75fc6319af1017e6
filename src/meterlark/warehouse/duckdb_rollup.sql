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

-- name: begin_gone
create temp table meterlark_gone ({columns})

-- name: gone
-- What the voided events are in the sums.
insert into meterlark_gone select {columns} from w.main.{sealed} where sequence in (select unnest($1::bigint[])) group by {keys}

-- name: begin_left
create temp table meterlark_left ({columns})

-- name: left
-- What is left of the rows that they are in, of several blocks together; nothing where no event is left.
insert into meterlark_left select {keys}, {sums} from (
  select * from w.main.{rolled} semi join meterlark_gone using ({keys}) union all select {keys}, {less} from meterlark_gone
) as changed group by {keys} having sum(c) > 0

-- name: forget
delete from w.main.{rolled} as kept using meterlark_gone where {same}

-- name: add_left
insert into w.main.{rolled} select * from meterlark_left

-- name: end_left
drop table meterlark_left

-- name: end_gone
drop table meterlark_gone
