-- Keys: begin
SELECT TOP(1) GETUTCDATE()
FROM [consistency_outbox_shard] AS [c]
ORDER BY [c].[shard]

SELECT TOP(2) [c].[key], [c].[answer], [c].[begun_at], [c].[completed_at], [c].[epoch], [c].[expires_at], [c].[fingerprint], [c].[lease_until], [c].[operation], [c].[points]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_idempotency] ([key], [answer], [begun_at], [completed_at], [epoch], [expires_at], [fingerprint], [lease_until], [operation], [points])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9);

-- Keys: take over
SELECT TOP(2) [c].[key], [c].[answer], [c].[begun_at], [c].[completed_at], [c].[epoch], [c].[expires_at], [c].[fingerprint], [c].[lease_until], [c].[operation], [c].[points]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key

UPDATE [c]
SET [c].[epoch] = @p,
    [c].[lease_until] = @p4,
    [c].[expires_at] = @p5,
    [c].[begun_at] = @p6
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[completed_at] IS NULL AND [c].[lease_until] <= @now

SELECT TOP(2) [c].[points]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key

-- Keys: begin again past the retention
SELECT TOP(2) [c].[key], [c].[answer], [c].[begun_at], [c].[completed_at], [c].[epoch], [c].[expires_at], [c].[fingerprint], [c].[lease_until], [c].[operation], [c].[points]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key

UPDATE [c]
SET [c].[epoch] = @p,
    [c].[fingerprint] = @p4,
    [c].[lease_until] = @p5,
    [c].[expires_at] = @p6,
    [c].[begun_at] = @p7,
    [c].[points] = NULL,
    [c].[answer] = NULL,
    [c].[completed_at] = NULL
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[expires_at] <= @now

-- Keys: renew
UPDATE [c]
SET [c].[lease_until] = @p
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[completed_at] IS NULL

-- Keys: save points
UPDATE [c]
SET [c].[points] = @p
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[completed_at] IS NULL

-- Keys: answer
UPDATE [c]
SET [c].[answer] = @p,
    [c].[completed_at] = @p3,
    [c].[expires_at] = @p4,
    [c].[lease_until] = @p5,
    [c].[points] = NULL
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[completed_at] IS NULL

-- Keys: let go
DELETE FROM [c]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[completed_at] IS NULL AND [c].[points] IS NULL

-- Keys: collect
DELETE FROM [c]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] IN (
    SELECT TOP(@p) [c0].[key]
    FROM [consistency_idempotency] AS [c0]
    WHERE [c0].[expires_at] <= @now
    ORDER BY [c0].[expires_at]
)

-- Keys: one transaction with the work
SELECT TOP(2) [c].[epoch] AS [Epoch], [c].[fingerprint] AS [Fingerprint], [c].[answer] AS [Answer], [c].[completed_at] AS [CompletedAt], [c].[expires_at] AS [ExpiresAt], [c].[lease_until] AS [LeaseUntil]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash

BEGIN TRANSACTION

INSERT INTO [consistency_idempotency] ([key], [fingerprint], [lease_until], [expires_at], [begun_at], [operation], [epoch]) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, 0)

SAVE TRANSACTION

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [thing] ([Id])
VALUES (@p0);

UPDATE [c]
SET [c].[fingerprint] = @p,
    [c].[answer] = @p2,
    [c].[completed_at] = @p3,
    [c].[expires_at] = @p4
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash AND [c].[completed_at] IS NULL

COMMIT

-- Keys: one transaction with the work, past the retention
SELECT TOP(2) [c].[epoch] AS [Epoch], [c].[fingerprint] AS [Fingerprint], [c].[answer] AS [Answer], [c].[completed_at] AS [CompletedAt], [c].[expires_at] AS [ExpiresAt], [c].[lease_until] AS [LeaseUntil]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash

BEGIN TRANSACTION

UPDATE [c]
SET [c].[epoch] = @p,
    [c].[lease_until] = @p5,
    [c].[expires_at] = @p5,
    [c].[begun_at] = @p5,
    [c].[operation] = @p8,
    [c].[points] = NULL,
    [c].[answer] = NULL,
    [c].[completed_at] = NULL
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash AND [c].[epoch] = @epoch AND ([c].[expires_at] <= @now OR ([c].[completed_at] IS NULL AND [c].[lease_until] <= @now))

SAVE TRANSACTION

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [thing] ([Id])
VALUES (@p0);

UPDATE [c]
SET [c].[fingerprint] = @p,
    [c].[answer] = @p2,
    [c].[completed_at] = @p3,
    [c].[expires_at] = @p4
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash AND [c].[completed_at] IS NULL

COMMIT

-- Keys: in the caller's transaction
BEGIN TRANSACTION

SELECT TOP(2) [c].[epoch] AS [Epoch], [c].[fingerprint] AS [Fingerprint], [c].[answer] AS [Answer], [c].[completed_at] AS [CompletedAt], [c].[expires_at] AS [ExpiresAt], [c].[lease_until] AS [LeaseUntil]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash

SAVE TRANSACTION

INSERT INTO [consistency_idempotency] ([key], [fingerprint], [lease_until], [expires_at], [begun_at], [operation], [epoch]) VALUES (@p0, @p1, @p2, @p3, @p4, @p5, 0)

SAVE TRANSACTION

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [thing] ([Id])
VALUES (@p0);

UPDATE [c]
SET [c].[fingerprint] = @p,
    [c].[answer] = @p2,
    [c].[completed_at] = @p3,
    [c].[expires_at] = @p4
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @hash AND [c].[completed_at] IS NULL

COMMIT

-- Keys: a save that depends on a claim
SELECT TOP(2) [c].[key], [c].[answer], [c].[begun_at], [c].[completed_at], [c].[epoch], [c].[expires_at], [c].[fingerprint], [c].[lease_until], [c].[operation], [c].[points]
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_idempotency] ([key], [answer], [begun_at], [completed_at], [epoch], [expires_at], [fingerprint], [lease_until], [operation], [points])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9);

BEGIN TRANSACTION

SET NOCOUNT ON;
INSERT INTO [thing] ([Id])
VALUES (@p0);
UPDATE [consistency_idempotency] SET [points] = @p1
OUTPUT 1
WHERE [key] = @p2 AND [completed_at] IS NULL AND [epoch] = @p3;

COMMIT

UPDATE [c]
SET [c].[answer] = @p,
    [c].[completed_at] = @p3,
    [c].[expires_at] = @p4,
    [c].[lease_until] = @p5,
    [c].[points] = NULL
FROM [consistency_idempotency] AS [c]
WHERE [c].[key] = @key AND [c].[epoch] = @epoch AND [c].[completed_at] IS NULL
