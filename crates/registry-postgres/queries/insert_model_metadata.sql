INSERT INTO model_metadata (model_id, path, number, text, boolean)
SELECT $1, leaf.path, leaf.number, leaf.text, leaf.boolean
FROM unnest($2::text[], $3::double precision[], $4::text[], $5::boolean[]) AS leaf (path, number, text, boolean)
