-- name: has_schema
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'catalog_version';

-- name: version
SELECT version FROM catalog_version;

-- name: list_records
SELECT id, claims, created_at, updated_at, deleted_at, definition
FROM catalog_record WHERE kind = ?1 AND (?2 OR deleted_at IS NULL) ORDER BY id;

-- name: get_record
SELECT id, claims, created_at, updated_at, deleted_at, definition FROM catalog_record WHERE kind = ?1 AND id = ?2;

-- name: count_id
SELECT count(*) FROM catalog_record WHERE kind = ?1 AND id = ?2;

-- name: count_live
SELECT count(*) FROM catalog_record WHERE kind = ?1 AND id = ?2 AND deleted_at IS NULL;

-- name: count_claim
SELECT count(*) FROM catalog_claim WHERE scope = ?1 AND text = ?2 AND NOT (kind = ?3 AND id = ?4);

-- name: insert_record
INSERT INTO catalog_record (kind, id, claims, created_at, updated_at, definition) VALUES (?1, ?2, ?3, ?4, ?5, ?6);

-- name: update_record
UPDATE catalog_record SET claims = ?3, updated_at = ?4, definition = ?5 WHERE kind = ?1 AND id = ?2;

-- name: delete_record
UPDATE catalog_record SET deleted_at = ?3 WHERE kind = ?1 AND id = ?2;

-- name: insert_claim
INSERT INTO catalog_claim (scope, text, kind, id) VALUES (?1, ?2, ?3, ?4);

-- name: free_claims
DELETE FROM catalog_claim WHERE kind = ?1 AND id = ?2;

-- name: last_entry
SELECT number, digest FROM audit_entry ORDER BY number DESC LIMIT 1;

-- name: insert_entry
INSERT INTO audit_entry (number, previous, digest, entry) VALUES (?1, ?2, ?3, ?4);

-- name: list_entries
SELECT number, previous, digest, entry FROM audit_entry WHERE number < ?1 ORDER BY number DESC LIMIT ?2;
