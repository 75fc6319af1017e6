-- The five questions as one would write them by hand for the warehouse's own columns: {rows} are the two parts of its table.
-- name: rows
(select * from w.main.sealed_{table} union all select * from w.main.tail_{table})

-- name: one customer by day
select time_us // 86400000000 as day, sum({whole}), sum({part}) from {rows}
where subject = '{customer}' and time_us >= {start_us} and time_us < {end_us} group by day order by day

-- name: model by hour
select time_us // 3600000000 as hour, {model}, sum({whole}), sum({part}) from {rows}
where time_us >= {start_us} and time_us < {end_us} group by hour, {model} order by hour, {model}

-- name: top 100 customers
select subject, sum({whole}), sum({part}) from {rows}
where time_us >= {start_us} and time_us < {end_us} group by subject order by subject

-- name: unique models by day
select time_us // 86400000000 as day, count(distinct {text}) from {rows}
where time_us >= {start_us} and time_us < {end_us} group by day order by day

-- name: latest per customer
select subject, arg_max({whole}::hugeint * 1000000000000000000 + {part}, time_us::hugeint * 10000000000000000000 + sequence) from {rows}
where time_us >= {start_us} and time_us < {end_us} and {whole} is not null group by subject order by subject
