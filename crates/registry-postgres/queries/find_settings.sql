SELECT key AS "key!", value AS "value!" FROM settings ORDER BY key COLLATE "C"
