-- A receiver that answers 410 (gone) turns its webhook off. A release before this one goes on as if it had not.

ALTER TABLE webhooks ADD COLUMN gone_at BIGINT;

-- The oldest that waits is looked for webhook by webhook, so that those that are off don't stand in its way.
DROP INDEX webhook_deliveries_oldest;
CREATE INDEX webhook_deliveries_oldest ON webhook_deliveries (webhook_id, created_at) WHERE finished_at IS NULL;
