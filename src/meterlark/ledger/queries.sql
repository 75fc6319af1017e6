-- name: head
SELECT coalesce(max(sequence), 0) FROM event;

-- name: find_identities
SELECT identity.digest, identity.sequence
FROM carray(?1) AS asked CROSS JOIN identity ON identity.digest = asked.value;

-- name: insert_event
INSERT INTO event (sequence, namespace, time, received_at, text) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: insert_recent
INSERT INTO recent_identity (sequence, digest) VALUES (?1, ?2);

-- name: load_recent
SELECT digest, sequence FROM recent_identity ORDER BY sequence;

-- name: move_identity
INSERT INTO identity (digest, sequence) VALUES (?1, ?2) ON CONFLICT (digest) DO NOTHING;

-- name: delete_recent
DELETE FROM recent_identity WHERE sequence <= ?1;

-- name: insert_conflict
INSERT INTO conflict (first_sequence, content_digest, received_at, times, text) VALUES (?1, ?2, ?3, 1, ?4)
ON CONFLICT (first_sequence, content_digest) DO UPDATE SET times = times + 1;

-- name: read_events
SELECT sequence, namespace, time, received_at, text
FROM event WHERE sequence > ?1 AND sequence <= ?2 ORDER BY sequence LIMIT ?3;

-- name: get_events
SELECT event.sequence, event.namespace, event.time, event.received_at, event.text
FROM carray(?1) AS asked CROSS JOIN event ON event.sequence = asked.value;

-- name: list_conflicts
SELECT event.sequence, event.namespace, event.time, event.received_at, event.text,
       conflict.text, conflict.received_at, conflict.times
FROM conflict JOIN event ON event.sequence = conflict.first_sequence
ORDER BY conflict.id DESC LIMIT ?1;

-- name: counts
SELECT (SELECT coalesce(max(sequence), 0) FROM event), (SELECT coalesce(max(id), 0) FROM conflict);

-- name: count_duplicate
INSERT INTO duplicate (first_sequence, times) VALUES (?1, 1) ON CONFLICT (first_sequence) DO UPDATE SET times = times + 1;

-- name: duplicates_of
SELECT coalesce((SELECT times FROM duplicate WHERE first_sequence = ?1), 0);

-- name: conflicts_of
SELECT event.sequence, event.namespace, event.time, event.received_at, event.text,
       conflict.text, conflict.received_at, conflict.times
FROM conflict JOIN event ON event.sequence = conflict.first_sequence
WHERE conflict.first_sequence = ?1 ORDER BY conflict.id LIMIT ?2;

-- name: find_event
SELECT event.sequence, event.namespace, event.time, event.received_at, event.text
FROM event WHERE event.sequence = (
    SELECT sequence FROM identity WHERE digest = ?1
);
