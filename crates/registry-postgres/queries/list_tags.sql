-- One row: a JSON list of the tags that models hold, each with the active holder that got it last. From each tag the
-- next one is found by one seek.
WITH RECURSIVE page (tag_name, place) AS (
    SELECT first.tag_name, 1::bigint
    FROM (SELECT tag_name FROM model_tags WHERE tag_name > $1 ORDER BY tag_name LIMIT 1) AS first
    WHERE $2::bigint > 0
    UNION ALL
    SELECT next.tag_name, page.place + 1
    FROM page
    CROSS JOIN LATERAL (
        SELECT model_tags.tag_name
        FROM model_tags
        WHERE model_tags.tag_name > page.tag_name
        ORDER BY model_tags.tag_name
        LIMIT 1
    ) AS next
    WHERE page.place < $2
)
SELECT COALESCE(
    json_agg(
        json_build_object(
            'tag_name', page.tag_name,
            'models', (
                SELECT count(*)
                FROM (SELECT FROM model_tags AS counted WHERE counted.tag_name = page.tag_name LIMIT $3) AS counted
            ),
            'holder', CASE WHEN holder.model_id IS NOT NULL THEN json_build_object(
                'model_id', holder.model_id, 'name', holder.name, 'version', holder.version
            ) END,
            'since', holder.created_at
        )
        ORDER BY page.place
    ),
    '[]'
)::text AS "records!: String"
FROM page
LEFT JOIN LATERAL (
    SELECT models.model_id, models.name, models.version, held.created_at
    FROM model_tags AS held
    JOIN models ON models.model_id = held.model_id
    WHERE held.tag_name = page.tag_name AND models.status = $4
    ORDER BY held.event_id DESC
    LIMIT 1
) AS holder ON TRUE
