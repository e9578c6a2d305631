-- A JSON list of formats.
INSERT INTO model_formats (model_id, export_format)
SELECT DISTINCT ?1, format.value
FROM json_each(?2) AS format
