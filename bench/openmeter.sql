-- OpenMeter's table of events and its meter queries, as its builder words them with exact decimals on (read August 2026); the baseline.
-- name: create
CREATE TABLE om_events (
  namespace String, id String, type LowCardinality(String), subject String, source String, time DateTime, data String,
  ingested_at DateTime, stored_at DateTime, store_row_id String,
  INDEX om_events_stored_at stored_at TYPE minmax GRANULARITY 4
) ENGINE = MergeTree PARTITION BY toYYYYMM(time) ORDER BY (namespace, type, subject, toStartOfHour(time))

-- name: load
INSERT INTO om_events
SELECT 'default', id, 'llm.usage', subject, source, time, data, time, time, id
FROM file('{path}', TSV, 'id String, subject String, source String, time DateTime, data String')

-- name: merge
OPTIMIZE TABLE om_events FINAL

-- name: one customer by day
SELECT tumbleStart(om_events.time, toIntervalDay(1), 'UTC') AS windowstart, windowstart + toIntervalDay(1) AS windowend,
  sum(toDecimal128OrNull(nullIf(JSON_VALUE(om_events.data, '$.total_tokens'), 'null'), 19)) AS value
FROM om_events
WHERE om_events.namespace = 'default' AND om_events.type = 'llm.usage' AND om_events.subject IN ('{customer}')
  AND om_events.time >= {start} AND om_events.time < {end}
GROUP BY windowstart, windowend ORDER BY windowstart

-- name: model by hour
SELECT tumbleStart(om_events.time, toIntervalHour(1), 'UTC') AS windowstart, tumbleEnd(om_events.time, toIntervalHour(1), 'UTC') AS windowend,
  sum(toDecimal128OrNull(nullIf(JSON_VALUE(om_events.data, '$.total_tokens'), 'null'), 19)) AS value,
  JSON_VALUE(om_events.data, '$.model') AS model
FROM om_events
WHERE om_events.namespace = 'default' AND om_events.type = 'llm.usage' AND om_events.time >= {start} AND om_events.time < {end}
GROUP BY windowstart, windowend, model ORDER BY windowstart

-- name: top 100 customers
SELECT tumbleStart(min(om_events.time), toIntervalMinute(1)) AS windowstart, tumbleEnd(max(om_events.time), toIntervalMinute(1)) AS windowend,
  sum(toDecimal128OrNull(nullIf(JSON_VALUE(om_events.data, '$.total_tokens'), 'null'), 19)) AS value, om_events.subject AS subject
FROM om_events
WHERE om_events.namespace = 'default' AND om_events.type = 'llm.usage' AND om_events.time >= {start} AND om_events.time < {end}
GROUP BY subject

-- name: unique models by day
SELECT tumbleStart(om_events.time, toIntervalDay(1), 'UTC') AS windowstart, windowstart + toIntervalDay(1) AS windowend,
  uniqExact(nullIf(JSON_VALUE(om_events.data, '$.model'), 'null')) AS value
FROM om_events
WHERE om_events.namespace = 'default' AND om_events.type = 'llm.usage' AND om_events.time >= {start} AND om_events.time < {end}
GROUP BY windowstart, windowend ORDER BY windowstart

-- name: latest per customer
SELECT tumbleStart(min(om_events.time), toIntervalMinute(1)) AS windowstart, tumbleEnd(max(om_events.time), toIntervalMinute(1)) AS windowend,
  argMax(toDecimal128OrNull(nullIf(JSON_VALUE(om_events.data, '$.total_tokens'), 'null'), 19), om_events.time) AS value,
  om_events.subject AS subject
FROM om_events
WHERE om_events.namespace = 'default' AND om_events.type = 'llm.usage' AND om_events.time >= {start} AND om_events.time < {end}
GROUP BY subject
