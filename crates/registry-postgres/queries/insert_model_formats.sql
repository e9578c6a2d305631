INSERT INTO model_formats (model_id, export_format)
SELECT DISTINCT $1::bigint, format
FROM unnest($2::text[]) AS format
