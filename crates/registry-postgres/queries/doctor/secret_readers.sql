-- To whom reading the secrets of webhooks was granted, in the table, in their columns, or together with everything
-- else; each with the statement that takes it back. The owner, his members and superusers read everything in any case,
-- and whoever writes webhooks gives them their secrets.
WITH kept AS (
    SELECT class.oid, class.relowner, class.relacl, space.nspname
    FROM pg_class AS class
    JOIN pg_namespace AS space ON space.oid = class.relnamespace
    WHERE class.oid = 'webhooks'::regclass
),

granted AS (
    SELECT acl.grantee, FALSE AS by_membership
    FROM kept
    CROSS JOIN aclexplode(kept.relacl) AS acl
    WHERE acl.privilege_type = 'SELECT'
    UNION
    SELECT acl.grantee, FALSE
    FROM kept
    JOIN pg_attribute AS secret ON secret.attrelid = kept.oid AND secret.attname IN ('secret', 'old_secret')
    CROSS JOIN aclexplode(secret.attacl) AS acl
    WHERE acl.privilege_type = 'SELECT'
    UNION
    SELECT membership.member, TRUE
    FROM pg_auth_members AS membership
    JOIN pg_roles AS everything ON everything.oid = membership.roleid AND everything.rolname = 'pg_read_all_data'
)

SELECT
    role.rolname AS "role?",
    CASE
        WHEN granted.by_membership THEN format('REVOKE pg_read_all_data FROM %I', role.rolname)
        WHEN role.rolname IS NULL THEN format('REVOKE SELECT ON %I.webhooks FROM PUBLIC', kept.nspname)
        ELSE format('REVOKE SELECT ON %I.webhooks FROM %I', kept.nspname, role.rolname)
    END AS "statement!"
FROM granted
CROSS JOIN kept
LEFT JOIN pg_roles AS role ON role.oid = granted.grantee
WHERE
    role.oid IS NULL
    OR NOT (
        pg_has_role(role.oid, kept.relowner, 'MEMBER')
        OR has_table_privilege(role.oid, kept.oid, 'INSERT, UPDATE')
    )
ORDER BY role.rolname NULLS FIRST, "statement!"
