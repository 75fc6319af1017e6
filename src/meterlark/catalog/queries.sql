-- name: has_schema
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'catalog_version';

-- name: version
SELECT version FROM catalog_version;

-- name: list_meters
SELECT id, slug, created_at, updated_at, definition FROM meter WHERE deleted_at IS NULL ORDER BY slug;

-- name: count_id
SELECT count(*) FROM meter WHERE id = ?1;

-- name: count_live
SELECT count(*) FROM meter WHERE id = ?1 AND deleted_at IS NULL;

-- name: count_slug
SELECT count(*) FROM meter WHERE slug = ?1 AND id <> ?2 AND deleted_at IS NULL;

-- name: insert_meter
INSERT INTO meter (id, slug, created_at, updated_at, definition) VALUES (?1, ?2, ?3, ?4, ?5);

-- name: update_meter
UPDATE meter SET slug = ?2, updated_at = ?3, definition = ?4 WHERE id = ?1;

-- name: delete_meter
UPDATE meter SET deleted_at = ?2 WHERE id = ?1;
