-- Tables
CREATE TABLE [consistency_barrier] (
    [transaction_id] varchar(128) NOT NULL,
    [branch_id] varchar(128) NOT NULL,
    [place] varchar(128) NOT NULL,
    [state] int NOT NULL,
    [is_empty] bit NOT NULL,
    [try_result] varbinary(max) NULL,
    [end_result] varbinary(max) NULL,
    [moved_at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_barrier] PRIMARY KEY ([transaction_id], [branch_id], [place])
);
GO


CREATE TABLE [consistency_idempotency] (
    [key] binary(32) NOT NULL,
    [fingerprint] binary(32) NOT NULL,
    [epoch] bigint NOT NULL,
    [lease_until] datetime2 NOT NULL,
    [points] varbinary(max) NULL,
    [answer] varbinary(max) NULL,
    [completed_at] datetime2 NULL,
    [expires_at] datetime2 NOT NULL,
    [begun_at] datetime2 NOT NULL,
    [operation] nvarchar(200) NOT NULL,
    CONSTRAINT [PK_consistency_idempotency] PRIMARY KEY ([key])
);
GO


CREATE TABLE [consistency_inbox] (
    [consumer] nvarchar(200) NOT NULL,
    [message_id] uniqueidentifier NOT NULL,
    [chain] nvarchar(32) NULL,
    [published_at] datetime2 NULL,
    [sent_at] datetime2 NULL,
    [handled_at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_inbox] PRIMARY KEY ([consumer], [message_id])
);
GO


CREATE TABLE [consistency_inbox_hold] (
    [sequence] bigint NOT NULL IDENTITY,
    [consumer] nvarchar(200) NOT NULL,
    [message_id] uniqueidentifier NOT NULL,
    [topic] nvarchar(255) NOT NULL,
    [message_key] nvarchar(255) NOT NULL,
    [type] nvarchar(255) NOT NULL,
    [payload] varbinary(max) NOT NULL,
    [headers] nvarchar(max) NULL,
    [traceparent] nvarchar(55) NULL,
    [tracestate] nvarchar(512) NULL,
    [published_at] datetime2 NOT NULL,
    [holds_key] bit NOT NULL,
    [attempts] int NOT NULL,
    [due_at] datetime2 NULL,
    [parked_at] datetime2 NULL,
    [error] nvarchar(1000) NOT NULL,
    CONSTRAINT [PK_consistency_inbox_hold] PRIMARY KEY ([sequence])
);
GO


CREATE TABLE [consistency_outbox] (
    [position] bigint NOT NULL IDENTITY,
    [shard] int NOT NULL,
    [id] uniqueidentifier NOT NULL,
    [aggregatetype] nvarchar(200) NOT NULL,
    [aggregateid] nvarchar(255) NOT NULL,
    [type] nvarchar(200) NOT NULL,
    [payload] varbinary(max) NOT NULL,
    [headers] nvarchar(max) NULL,
    [traceparent] nvarchar(55) NULL,
    [tracestate] nvarchar(512) NULL,
    [published_at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_outbox] PRIMARY KEY ([position])
);
GO


CREATE TABLE [consistency_outbox_hold] (
    [shard] int NOT NULL,
    [position] bigint NOT NULL,
    [aggregatetype] nvarchar(200) NOT NULL,
    [aggregateid] nvarchar(255) NOT NULL,
    [holds_key] bit NOT NULL,
    [attempts] int NOT NULL,
    [due_at] datetime2 NULL,
    [parked_at] datetime2 NULL,
    [error] nvarchar(1000) NOT NULL,
    CONSTRAINT [PK_consistency_outbox_hold] PRIMARY KEY ([shard], [position])
);
GO


CREATE TABLE [consistency_outbox_shard] (
    [shard] int NOT NULL,
    [owner] nvarchar(200) NULL,
    [epoch] bigint NOT NULL,
    [until] datetime2 NOT NULL,
    [mark] bigint NOT NULL,
    CONSTRAINT [PK_consistency_outbox_shard] PRIMARY KEY ([shard])
);
GO


CREATE TABLE [consistency_payment] (
    [provider] nvarchar(100) NOT NULL,
    [transaction_id] nvarchar(128) NOT NULL,
    [order_number] nvarchar(64) NOT NULL,
    [amount] bigint NOT NULL,
    [currency] nvarchar(3) NOT NULL,
    [kind] int NOT NULL,
    [at] datetime2 NOT NULL,
    [stated_on] date NULL,
    CONSTRAINT [PK_consistency_payment] PRIMARY KEY ([provider], [transaction_id])
);
GO


CREATE TABLE [consistency_payment_order] (
    [number] nvarchar(64) NOT NULL,
    [provider] nvarchar(100) NOT NULL,
    [merchant] nvarchar(100) NOT NULL,
    [amount] bigint NOT NULL,
    [currency] nvarchar(3) NOT NULL,
    [state] nvarchar(16) NOT NULL,
    [decisions] int NOT NULL,
    [created_at] datetime2 NOT NULL,
    [close_at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_payment_order] PRIMARY KEY ([number])
);
GO


CREATE TABLE [consistency_payment_refund] (
    [number] nvarchar(64) NOT NULL,
    [provider] nvarchar(100) NOT NULL,
    [transaction_id] nvarchar(128) NOT NULL,
    [order_number] nvarchar(64) NOT NULL,
    [amount] bigint NOT NULL,
    [total] bigint NOT NULL,
    [currency] nvarchar(3) NOT NULL,
    [reason] nvarchar(100) NOT NULL,
    [status] int NOT NULL,
    [at] datetime2 NOT NULL,
    [done_at] datetime2 NULL,
    [stated_on] date NULL,
    CONSTRAINT [PK_consistency_payment_refund] PRIMARY KEY ([number])
);
GO


CREATE TABLE [consistency_relay] (
    [owner] nvarchar(200) NOT NULL,
    [until] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_relay] PRIMARY KEY ([owner])
);
GO


CREATE TABLE [consistency_state_move] (
    [map] nvarchar(100) NOT NULL,
    [thing_id] nvarchar(200) NOT NULL,
    [number] int NOT NULL,
    [from_state] nvarchar(100) NOT NULL,
    [to_state] nvarchar(100) NOT NULL,
    [cause] nvarchar(64) NOT NULL,
    [cause_id] nvarchar(200) NULL,
    [actor] nvarchar(200) NULL,
    [at] datetime2 NOT NULL,
    [chain] nvarchar(32) NULL,
    CONSTRAINT [PK_consistency_state_move] PRIMARY KEY ([map], [thing_id], [number])
);
GO


CREATE TABLE [consistency_state_refusal] (
    [id] uniqueidentifier NOT NULL,
    [map] nvarchar(100) NOT NULL,
    [thing_id] nvarchar(200) NOT NULL,
    [from_state] nvarchar(100) NOT NULL,
    [to_state] nvarchar(200) NOT NULL,
    [reason] nvarchar(100) NOT NULL,
    [cause] nvarchar(64) NOT NULL,
    [cause_id] nvarchar(200) NOT NULL,
    [actor] nvarchar(200) NOT NULL,
    [at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_state_refusal] PRIMARY KEY ([id])
);
GO


CREATE TABLE [consistency_stock_bucket] (
    [sale] varchar(64) NOT NULL,
    [sku] varchar(64) NOT NULL,
    [bucket] int NOT NULL,
    [initial] bigint NOT NULL,
    [available] bigint NOT NULL,
    CONSTRAINT [PK_consistency_stock_bucket] PRIMARY KEY ([sale], [sku], [bucket])
);
GO


CREATE TABLE [consistency_stock_change] (
    [sale] varchar(64) NOT NULL,
    [sku] varchar(64) NOT NULL,
    [change_id] varchar(100) NOT NULL,
    [made_at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_stock_change] PRIMARY KEY ([sale], [sku], [change_id])
);
GO


CREATE TABLE [consistency_stock_customer] (
    [sale] varchar(64) NOT NULL,
    [customer] varchar(64) NOT NULL,
    [sku] varchar(64) NOT NULL,
    [taken] bigint NOT NULL,
    [version] bigint NOT NULL,
    CONSTRAINT [PK_consistency_stock_customer] PRIMARY KEY ([sale], [customer], [sku])
);
GO


CREATE TABLE [consistency_stock_fact] (
    [sale] varchar(64) NOT NULL,
    [order_id] varchar(100) NOT NULL,
    [lines] varchar(max) NOT NULL,
    [customer] varchar(64) NULL,
    [accepted_at] datetime2 NOT NULL,
    [is_told] bit NOT NULL,
    [is_released] bit NOT NULL,
    [was_told] bit NOT NULL,
    CONSTRAINT [PK_consistency_stock_fact] PRIMARY KEY ([sale], [order_id])
);
GO


CREATE TABLE [consistency_stock_item] (
    [sale] varchar(64) NOT NULL,
    [sku] varchar(64) NOT NULL,
    [initial] bigint NOT NULL,
    [available] bigint NOT NULL,
    [reserved] bigint NOT NULL,
    [sold] bigint NOT NULL,
    [version] bigint NOT NULL,
    CONSTRAINT [PK_consistency_stock_item] PRIMARY KEY ([sale], [sku])
);
GO


CREATE TABLE [consistency_stock_reservation] (
    [sale] varchar(64) NOT NULL,
    [order_id] varchar(100) NOT NULL,
    [state] int NOT NULL,
    [lines] varchar(max) NOT NULL,
    [customer] varchar(64) NULL,
    [deadline] datetime2 NOT NULL,
    [moved_at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_stock_reservation] PRIMARY KEY ([sale], [order_id])
);
GO


CREATE TABLE [consistency_stock_sale] (
    [sale] varchar(64) NOT NULL,
    [is_open] bit NOT NULL,
    [epoch] bigint NOT NULL,
    CONSTRAINT [PK_consistency_stock_sale] PRIMARY KEY ([sale])
);
GO


CREATE TABLE [consistency_work] (
    [id] uniqueidentifier NOT NULL,
    [scope] nvarchar(200) NOT NULL,
    [type] nvarchar(255) NOT NULL,
    [work_key] nvarchar(255) NULL,
    [frees_key] bit NOT NULL,
    [group_key] nvarchar(255) NULL,
    [input] varbinary(max) NOT NULL,
    [state] varbinary(max) NULL,
    [status] int NOT NULL,
    [due_at] datetime2 NOT NULL,
    [scheduled_at] datetime2 NOT NULL,
    [owner] nvarchar(200) NULL,
    [slot] nvarchar(200) NULL,
    [epoch] bigint NOT NULL,
    [events] bigint NOT NULL,
    [attempts] int NOT NULL,
    [take_overs] int NOT NULL,
    [error] nvarchar(2000) NULL,
    [traceparent] nvarchar(55) NULL,
    [tracestate] nvarchar(512) NULL,
    [created_at] datetime2 NOT NULL,
    [started_at] datetime2 NULL,
    [ended_at] datetime2 NULL,
    CONSTRAINT [PK_consistency_work] PRIMARY KEY ([id])
);
GO


CREATE TABLE [consistency_work_history] (
    [work_id] uniqueidentifier NOT NULL,
    [number] bigint NOT NULL,
    [at] datetime2 NOT NULL,
    [event] nvarchar(64) NOT NULL,
    [step] nvarchar(200) NULL,
    [attempt] int NULL,
    [actor] nvarchar(200) NULL,
    [detail] varbinary(max) NULL,
    CONSTRAINT [PK_consistency_work_history] PRIMARY KEY ([work_id], [number])
);
GO


CREATE TABLE [consistency_work_signal] (
    [work_id] uniqueidentifier NOT NULL,
    [name] nvarchar(200) NOT NULL,
    [payload] varbinary(max) NOT NULL,
    [at] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_work_signal] PRIMARY KEY ([work_id], [name])
);
GO


CREATE TABLE [consistency_work_type] (
    [name] nvarchar(255) NOT NULL,
    [seen_at] datetime2 NOT NULL,
    [owner] nvarchar(200) NULL,
    [until] datetime2 NOT NULL,
    CONSTRAINT [PK_consistency_work_type] PRIMARY KEY ([name])
);
GO


CREATE TABLE [thing] (
    [Id] uniqueidentifier NOT NULL,
    CONSTRAINT [PK_thing] PRIMARY KEY ([Id])
);
GO


CREATE INDEX [ix_consistency_barrier_moved_at] ON [consistency_barrier] ([moved_at]);
GO


CREATE INDEX [ix_consistency_idempotency_expires_at] ON [consistency_idempotency] ([expires_at]);
GO


CREATE INDEX [ix_consistency_inbox_handled_at] ON [consistency_inbox] ([handled_at]);
GO


CREATE INDEX [ix_consistency_inbox_hold_due_at] ON [consistency_inbox_hold] ([due_at]);
GO


CREATE INDEX [ix_consistency_inbox_hold_key] ON [consistency_inbox_hold] ([consumer], [topic], [message_key], [sequence]);
GO


CREATE UNIQUE INDEX [ux_consistency_inbox_hold_message] ON [consistency_inbox_hold] ([consumer], [message_id]);
GO


CREATE INDEX [ix_consistency_outbox_shard_position] ON [consistency_outbox] ([shard], [position]);
GO


CREATE INDEX [ix_consistency_payment_order_number] ON [consistency_payment] ([order_number]);
GO


CREATE INDEX [ix_consistency_payment_stated] ON [consistency_payment] ([provider], [stated_on], [at]);
GO


CREATE INDEX [ix_consistency_payment_refund_order] ON [consistency_payment_refund] ([order_number]);
GO


CREATE INDEX [ix_consistency_payment_refund_stated] ON [consistency_payment_refund] ([provider], [stated_on], [done_at]);
GO


CREATE INDEX [ix_consistency_state_refusal_at] ON [consistency_state_refusal] ([at]);
GO


CREATE INDEX [ix_consistency_state_refusal_thing] ON [consistency_state_refusal] ([map], [thing_id]);
GO


CREATE INDEX [ix_consistency_stock_fact_told] ON [consistency_stock_fact] ([is_told], [sale], [accepted_at]);
GO


CREATE INDEX [ix_consistency_stock_reservation_deadline] ON [consistency_stock_reservation] ([sale], [state], [deadline]);
GO


CREATE INDEX [ix_consistency_stock_reservation_moved_at] ON [consistency_stock_reservation] ([moved_at]);
GO


CREATE INDEX [ix_consistency_work_due] ON [consistency_work] ([type], [due_at]) WHERE status = 0;
GO


CREATE INDEX [ix_consistency_work_ended] ON [consistency_work] ([ended_at]) WHERE ended_at IS NOT NULL;
GO


CREATE INDEX [ix_consistency_work_parked] ON [consistency_work] ([due_at], [id]) WHERE status = 2;
GO


CREATE INDEX [ix_consistency_work_slot] ON [consistency_work] ([slot]) WHERE slot IS NOT NULL;
GO


CREATE UNIQUE INDEX [ux_consistency_work_key] ON [consistency_work] ([scope], [work_key]) WHERE work_key IS NOT NULL;
GO




-- Publish one message
SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_outbox] ([headers], [id], [aggregateid], [payload], [published_at], [shard], [aggregatetype], [traceparent], [tracestate], [type])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9);


-- Publish five messages
SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_outbox] ([headers], [id], [aggregateid], [payload], [published_at], [shard], [aggregatetype], [traceparent], [tracestate], [type])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9),
(@p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19),
(@p20, @p21, @p22, @p23, @p24, @p25, @p26, @p27, @p28, @p29),
(@p30, @p31, @p32, @p33, @p34, @p35, @p36, @p37, @p38, @p39),
(@p40, @p41, @p42, @p43, @p44, @p45, @p46, @p47, @p48, @p49);


-- Publish with a business row: one transaction
BEGIN TRANSACTION

SET NOCOUNT ON;
INSERT INTO [thing] ([Id])
VALUES (@p0);
INSERT INTO [consistency_outbox] ([headers], [id], [aggregateid], [payload], [published_at], [shard], [aggregatetype], [traceparent], [tracestate], [type])
VALUES (@p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10);

COMMIT


-- Start-up check
SELECT [c].[position], [c].[headers], [c].[id], [c].[aggregateid], [c].[payload], [c].[published_at], [c].[shard], [c].[aggregatetype], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_outbox] AS [c]
WHERE 0 = 1

SELECT [c].[shard], [c].[epoch], [c].[mark], [c].[owner], [c].[until]
FROM [consistency_outbox_shard] AS [c]
WHERE 0 = 1

SELECT [c].[owner], [c].[until]
FROM [consistency_relay] AS [c]
WHERE 0 = 1

SELECT [c].[shard], [c].[position], [c].[attempts], [c].[due_at], [c].[error], [c].[holds_key], [c].[aggregateid], [c].[parked_at], [c].[aggregatetype]
FROM [consistency_outbox_hold] AS [c]
WHERE 0 = 1

SELECT [c].[consumer], [c].[message_id], [c].[chain], [c].[handled_at], [c].[published_at], [c].[sent_at]
FROM [consistency_inbox] AS [c]
WHERE 0 = 1

SELECT [c].[sequence], [c].[attempts], [c].[consumer], [c].[due_at], [c].[error], [c].[headers], [c].[holds_key], [c].[message_key], [c].[message_id], [c].[parked_at], [c].[payload], [c].[published_at], [c].[topic], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_inbox_hold] AS [c]
WHERE 0 = 1

SELECT [c].[key], [c].[answer], [c].[begun_at], [c].[completed_at], [c].[epoch], [c].[expires_at], [c].[fingerprint], [c].[lease_until], [c].[operation], [c].[points]
FROM [consistency_idempotency] AS [c]
WHERE 0 = 1

SELECT [c].[transaction_id], [c].[branch_id], [c].[place], [c].[end_result], [c].[is_empty], [c].[moved_at], [c].[state], [c].[try_result]
FROM [consistency_barrier] AS [c]
WHERE 0 = 1

SELECT [c].[id], [c].[attempts], [c].[created_at], [c].[due_at], [c].[ended_at], [c].[epoch], [c].[error], [c].[events], [c].[frees_key], [c].[group_key], [c].[input], [c].[work_key], [c].[owner], [c].[scheduled_at], [c].[scope], [c].[slot], [c].[started_at], [c].[state], [c].[status], [c].[take_overs], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_work] AS [c]
WHERE 0 = 1

SELECT [c].[work_id], [c].[number], [c].[actor], [c].[at], [c].[attempt], [c].[detail], [c].[event], [c].[step]
FROM [consistency_work_history] AS [c]
WHERE 0 = 1

SELECT [c].[work_id], [c].[name], [c].[at], [c].[payload]
FROM [consistency_work_signal] AS [c]
WHERE 0 = 1

SELECT [c].[name], [c].[owner], [c].[seen_at], [c].[until]
FROM [consistency_work_type] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[epoch], [c].[is_open]
FROM [consistency_stock_sale] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[sku], [c].[available], [c].[initial], [c].[reserved], [c].[sold], [c].[version]
FROM [consistency_stock_item] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[order_id], [c].[customer], [c].[deadline], [c].[lines], [c].[moved_at], [c].[state]
FROM [consistency_stock_reservation] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[customer], [c].[sku], [c].[taken], [c].[version]
FROM [consistency_stock_customer] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[sku], [c].[change_id], [c].[made_at]
FROM [consistency_stock_change] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[order_id], [c].[accepted_at], [c].[customer], [c].[is_released], [c].[is_told], [c].[lines], [c].[was_told]
FROM [consistency_stock_fact] AS [c]
WHERE 0 = 1

SELECT [c].[sale], [c].[sku], [c].[bucket], [c].[available], [c].[initial]
FROM [consistency_stock_bucket] AS [c]
WHERE 0 = 1

SELECT [c].[map], [c].[thing_id], [c].[number], [c].[actor], [c].[at], [c].[cause], [c].[cause_id], [c].[chain], [c].[from_state], [c].[to_state]
FROM [consistency_state_move] AS [c]
WHERE 0 = 1

SELECT [c].[id], [c].[actor], [c].[at], [c].[cause], [c].[cause_id], [c].[from_state], [c].[map], [c].[reason], [c].[thing_id], [c].[to_state]
FROM [consistency_state_refusal] AS [c]
WHERE 0 = 1

SELECT [c].[number], [c].[amount], [c].[close_at], [c].[created_at], [c].[currency], [c].[decisions], [c].[merchant], [c].[provider], [c].[state]
FROM [consistency_payment_order] AS [c]
WHERE 0 = 1

SELECT [c].[provider], [c].[transaction_id], [c].[amount], [c].[at], [c].[currency], [c].[kind], [c].[order_number], [c].[stated_on]
FROM [consistency_payment] AS [c]
WHERE 0 = 1

SELECT [c].[number], [c].[amount], [c].[at], [c].[currency], [c].[done_at], [c].[order_number], [c].[provider], [c].[reason], [c].[stated_on], [c].[status], [c].[total], [c].[transaction_id]
FROM [consistency_payment_refund] AS [c]
WHERE 0 = 1

SELECT COUNT(*)
FROM [consistency_outbox_shard] AS [c]

SELECT TOP(1) GETUTCDATE()
FROM [consistency_outbox_shard] AS [c]
ORDER BY [c].[shard]


-- Relay: renew leases
SELECT TOP(1) GETUTCDATE()
FROM [consistency_outbox_shard] AS [c]
ORDER BY [c].[shard]

UPDATE [c]
SET [c].[until] = @p
FROM [consistency_outbox_shard] AS [c]
WHERE [c].[owner] = @owner AND [c].[until] > @now

UPDATE [c]
SET [c].[owner] = @p,
    [c].[epoch] = [c].[epoch] + CAST(1 AS bigint),
    [c].[until] = @p2
FROM [consistency_outbox_shard] AS [c]
WHERE [c].[until] <= @now

SELECT [c].[shard], [c].[epoch]
FROM [consistency_outbox_shard] AS [c]
WHERE [c].[owner] = @owner AND [c].[until] > @now


-- Relay: release leases
UPDATE [c]
SET [c].[until] = @p
FROM [consistency_outbox_shard] AS [c]
WHERE [c].[owner] = @owner


-- Relay: read
SELECT TOP(@p) [c].[position], [c].[headers], [c].[id], [c].[aggregateid], [c].[payload], [c].[published_at], [c].[shard], [c].[aggregatetype], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_outbox] AS [c]
WHERE [c].[shard] IN (@shards1, @shards2) AND [c].[position] > @after AND NOT EXISTS (
    SELECT 1
    FROM [consistency_outbox_hold] AS [c0]
    WHERE [c0].[shard] = [c].[shard] AND ([c0].[position] = [c].[position] OR ([c0].[holds_key] = CAST(1 AS bit) AND [c0].[position] < [c].[position] AND [c0].[aggregatetype] = [c].[aggregatetype] AND [c0].[aggregateid] = [c].[aggregateid])))
ORDER BY [c].[position]


-- Relay: read around what is being sent
SELECT TOP(@p) [c].[position], [c].[headers], [c].[id], [c].[aggregateid], [c].[payload], [c].[published_at], [c].[shard], [c].[aggregatetype], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_outbox] AS [c]
WHERE [c].[shard] IN (@shards1, @shards2) AND [c].[position] > @after AND [c].[position] NOT IN (@inFlight1, @inFlight2) AND NOT EXISTS (
    SELECT 1
    FROM [consistency_outbox_hold] AS [c0]
    WHERE [c0].[shard] = [c].[shard] AND ([c0].[position] = [c].[position] OR ([c0].[holds_key] = CAST(1 AS bit) AND [c0].[position] < [c].[position] AND [c0].[aggregatetype] = [c].[aggregatetype] AND [c0].[aggregateid] = [c].[aggregateid])))
ORDER BY [c].[position]


-- Relay: read a held key
SELECT TOP(@p) [c].[position], [c].[headers], [c].[id], [c].[aggregateid], [c].[payload], [c].[published_at], [c].[shard], [c].[aggregatetype], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_outbox] AS [c]
WHERE [c].[shard] = @key_Shard AND [c].[position] >= @from AND [c].[position] <= @upTo AND [c].[aggregatetype] = @key_Topic AND [c].[aggregateid] = @key_Key AND ([c].[position] = @from OR NOT EXISTS (
    SELECT 1
    FROM [consistency_outbox_hold] AS [c0]
    WHERE [c0].[shard] = [c].[shard] AND [c0].[position] = [c].[position] AND [c0].[holds_key] = CAST(0 AS bit)))
ORDER BY [c].[position]


-- Relay: sweep
SELECT TOP(@p) [c].[position], [c].[headers], [c].[id], [c].[aggregateid], [c].[payload], [c].[published_at], [c].[shard], [c].[aggregatetype], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_outbox] AS [c]
WHERE [c].[shard] = @mark_Shard AND [c].[position] <= @mark_Position AND NOT EXISTS (
    SELECT 1
    FROM [consistency_outbox_hold] AS [c0]
    WHERE [c0].[shard] = [c].[shard] AND ([c0].[position] = [c].[position] OR ([c0].[holds_key] = CAST(1 AS bit) AND [c0].[position] < [c].[position] AND [c0].[aggregatetype] = [c].[aggregatetype] AND [c0].[aggregateid] = [c].[aggregateid])))
ORDER BY [c].[position]


-- Relay: delete
DELETE FROM [c]
FROM [consistency_outbox] AS [c]
WHERE [c].[position] IN (@chunk1, @chunk2)


-- Relay: list holds
SELECT [c].[shard], [c].[position], [c].[attempts], [c].[due_at], [c].[error], [c].[holds_key], [c].[aggregateid], [c].[parked_at], [c].[aggregatetype]
FROM [consistency_outbox_hold] AS [c]
WHERE [c].[shard] IN (@wanted1, @wanted2)
ORDER BY [c].[position]


-- Relay: hold
BEGIN TRANSACTION

UPDATE [c]
SET [c].[epoch] = @p
FROM [consistency_outbox_shard] AS [c]
WHERE [c].[shard] = @shard AND [c].[owner] = @owner AND [c].[epoch] = @epoch

SELECT TOP(1) [c].[shard], [c].[position], [c].[attempts], [c].[due_at], [c].[error], [c].[holds_key], [c].[aggregateid], [c].[parked_at], [c].[aggregatetype]
FROM [consistency_outbox_hold] AS [c]
WHERE [c].[shard] = @hold_Key_Shard AND [c].[position] = @hold_Position

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_outbox_hold] ([position], [shard], [attempts], [due_at], [error], [holds_key], [aggregateid], [parked_at], [aggregatetype])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8);

COMMIT


-- Relay: release a hold
BEGIN TRANSACTION

UPDATE [c]
SET [c].[epoch] = @p
FROM [consistency_outbox_shard] AS [c]
WHERE [c].[shard] = @shard AND [c].[owner] = @owner AND [c].[epoch] = @epoch

DELETE FROM [c]
FROM [consistency_outbox_hold] AS [c]
WHERE [c].[shard] = @row_Shard AND [c].[position] = @row_Position

COMMIT


-- Inbox: handle
BEGIN TRANSACTION

SELECT CASE
    WHEN EXISTS (
        SELECT 1
        FROM [consistency_inbox] AS [c]
        WHERE [c].[consumer] = @consumer AND [c].[message_id] = @id) THEN CAST(1 AS bit)
    ELSE CAST(0 AS bit)
END

SELECT CASE
    WHEN EXISTS (
        SELECT 1
        FROM [consistency_inbox_hold] AS [c]
        WHERE [c].[consumer] = @_8__locals1_consumer AND [c].[topic] = @message_Topic AND [c].[message_key] = @message_Key AND [c].[holds_key] = CAST(1 AS bit)) THEN CAST(1 AS bit)
    ELSE CAST(0 AS bit)
END

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_inbox] ([consumer], [message_id], [chain], [handled_at], [published_at], [sent_at])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5);

COMMIT


-- Inbox: handle a held message
BEGIN TRANSACTION

DELETE FROM [c]
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[sequence] = @held_Sequence

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_inbox] ([consumer], [message_id], [chain], [handled_at], [published_at], [sent_at])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5);

COMMIT


-- Inbox: collect
DELETE FROM [c]
FROM [consistency_inbox] AS [c]
WHERE EXISTS (
    SELECT 1
    FROM (
        SELECT TOP(@p) [c0].[consumer], [c0].[message_id]
        FROM [consistency_inbox] AS [c0]
        WHERE [c0].[handled_at] < @before
        ORDER BY [c0].[handled_at]
    ) AS [c1]
    WHERE [c1].[consumer] = [c].[consumer] AND [c1].[message_id] = [c].[message_id])


-- Inbox: hold
SELECT CASE
    WHEN EXISTS (
        SELECT 1
        FROM [consistency_inbox] AS [c]
        WHERE [c].[consumer] = @held_Consumer AND [c].[message_id] = @held_Message_Id) THEN CAST(1 AS bit)
    ELSE CAST(0 AS bit)
END

SELECT CASE
    WHEN EXISTS (
        SELECT 1
        FROM [consistency_inbox_hold] AS [c]
        WHERE [c].[consumer] = @held_Consumer AND [c].[message_id] = @held_Message_Id) THEN CAST(1 AS bit)
    ELSE CAST(0 AS bit)
END

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_inbox_hold] ([attempts], [consumer], [due_at], [error], [headers], [holds_key], [message_key], [message_id], [parked_at], [payload], [published_at], [topic], [traceparent], [tracestate], [type])
OUTPUT INSERTED.[sequence]
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14);


-- Inbox: list due
SELECT TOP(@p) [c].[sequence], [c].[attempts], [c].[consumer], [c].[due_at], [c].[error], [c].[headers], [c].[holds_key], [c].[message_key], [c].[message_id], [c].[parked_at], [c].[payload], [c].[published_at], [c].[topic], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[consumer] IN (@names1, @names2) AND [c].[parked_at] IS NULL AND [c].[due_at] <= @horizon AND NOT EXISTS (
    SELECT 1
    FROM [consistency_inbox_hold] AS [c0]
    WHERE [c0].[consumer] = [c].[consumer] AND [c0].[topic] = [c].[topic] AND [c0].[message_key] = [c].[message_key] AND [c0].[holds_key] = CAST(1 AS bit) AND [c0].[sequence] < [c].[sequence])
ORDER BY [c].[due_at]


-- Inbox: claim a held message
UPDATE [c]
SET [c].[due_at] = @p
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[sequence] = @held_Sequence AND [c].[attempts] = @held_Attempts AND [c].[parked_at] IS NULL AND [c].[due_at] <= @now


-- Inbox: update a held message
UPDATE [c]
SET [c].[attempts] = @p,
    [c].[due_at] = @p2,
    [c].[parked_at] = NULL,
    [c].[holds_key] = @p4,
    [c].[error] = @p5
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[sequence] = @held_Sequence


-- Park: list
SELECT [c1].[shard], [c1].[position], [c1].[attempts], [c1].[due_at], [c1].[error], [c1].[holds_key], [c1].[aggregateid], [c1].[parked_at], [c1].[aggregatetype], [c0].[position], [c0].[headers], [c0].[id], [c0].[aggregateid], [c0].[payload], [c0].[published_at], [c0].[shard], [c0].[aggregatetype], [c0].[traceparent], [c0].[tracestate], [c0].[type]
FROM (
    SELECT TOP(@p) [c].[shard], [c].[position], [c].[attempts], [c].[due_at], [c].[error], [c].[holds_key], [c].[aggregateid], [c].[parked_at], [c].[aggregatetype]
    FROM [consistency_outbox_hold] AS [c]
    WHERE [c].[parked_at] IS NOT NULL
    ORDER BY [c].[parked_at]
) AS [c1]
INNER JOIN [consistency_outbox] AS [c0] ON [c1].[position] = [c0].[position]
ORDER BY [c1].[parked_at]

SELECT TOP(@p) [c].[sequence], [c].[attempts], [c].[consumer], [c].[due_at], [c].[error], [c].[headers], [c].[holds_key], [c].[message_key], [c].[message_id], [c].[parked_at], [c].[payload], [c].[published_at], [c].[topic], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[parked_at] IS NOT NULL
ORDER BY [c].[parked_at]


-- Park: requeue unsent
UPDATE [c]
SET [c].[parked_at] = NULL,
    [c].[due_at] = @p3,
    [c].[attempts] = @p4
FROM [consistency_outbox_hold] AS [c]
WHERE [c].[shard] = @id_Shard AND [c].[position] = @id_Position AND [c].[parked_at] IS NOT NULL


-- Park: requeue unhandled
UPDATE [c]
SET [c].[parked_at] = NULL,
    [c].[due_at] = @p2,
    [c].[attempts] = @p3
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[sequence] = @id_Position AND [c].[parked_at] IS NOT NULL


-- Park: discard unsent
BEGIN TRANSACTION

UPDATE [c]
SET [c].[parked_at] = NULL,
    [c].[due_at] = @p3
FROM [consistency_outbox_hold] AS [c]
WHERE [c].[shard] = @id_Shard AND [c].[position] = @id_Position AND [c].[parked_at] IS NOT NULL

DELETE FROM [c]
FROM [consistency_outbox] AS [c]
WHERE [c].[position] = @id_Position

COMMIT


-- Park: discard unhandled
DELETE FROM [c]
FROM [consistency_inbox_hold] AS [c]
WHERE [c].[sequence] = @id_Position AND [c].[parked_at] IS NOT NULL


-- Work: add
SELECT [c].[id] AS [Id], [c].[scope] AS [Scope], [c].[work_key] AS [Key], [c].[input] AS [Input]
FROM [consistency_work] AS [c]
WHERE [c].[scope] = @name AND [c].[work_key] = @only

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_work] ([id], [attempts], [created_at], [due_at], [ended_at], [epoch], [error], [events], [frees_key], [group_key], [input], [work_key], [owner], [scheduled_at], [scope], [slot], [started_at], [state], [status], [take_overs], [traceparent], [tracestate], [type])
VALUES (@p0, @p1, @p2, @p3, @p4, @p5, @p6, @p7, @p8, @p9, @p10, @p11, @p12, @p13, @p14, @p15, @p16, @p17, @p18, @p19, @p20, @p21, @p22);


-- Work: claim
SELECT TOP(@p) [c].[id] AS [Id], [c].[due_at] AS [DueAt]
FROM [consistency_work] AS [c]
WHERE [c].[status] = 0 AND [c].[type] = @types1 AND [c].[due_at] <= @until
ORDER BY [c].[due_at], [c].[id]

SELECT DISTINCT [c].[type]
FROM [consistency_work] AS [c]
WHERE [c].[status] = 0 AND [c].[type] = @limited1 AND [c].[due_at] <= @now


-- Work: claim under a limit
SELECT CASE
    WHEN EXISTS (
        SELECT 1
        FROM [consistency_work_type] AS [c]
        WHERE [c].[name] = @gate) THEN CAST(1 AS bit)
    ELSE CAST(0 AS bit)
END

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_work_type] ([name], [owner], [seen_at], [until])
VALUES (@p0, @p1, @p2, @p3);

BEGIN TRANSACTION

UPDATE [c]
SET [c].[owner] = @p
FROM [consistency_work_type] AS [c]
WHERE [c].[name] = @gate

SELECT [c].[group_key] AS [Key], COUNT(*) AS [Count]
FROM [consistency_work] AS [c]
WHERE [c].[slot] = @scope AND [c].[status] = 0 AND [c].[owner] IS NOT NULL AND [c].[due_at] > @now
GROUP BY [c].[group_key]

SELECT TOP(@p) [c].[id] AS [Id], [c].[due_at] AS [DueAt], [c].[group_key] AS [GroupKey]
FROM [consistency_work] AS [c]
WHERE [c].[status] = 0 AND [c].[type] = @types1 AND [c].[due_at] <= @now
ORDER BY [c].[due_at], [c].[id]


-- Work: renew
SELECT [c].[id] AS [Id], [c].[epoch] AS [Epoch]
FROM [consistency_work] AS [c]
WHERE [c].[id] = @ids1 AND [c].[status] = 0 AND [c].[owner] IS NOT NULL


-- Work: release
UPDATE [c]
SET [c].[owner] = NULL,
    [c].[slot] = NULL,
    [c].[due_at] = @p4
FROM [consistency_work] AS [c]
WHERE [c].[id] = @id AND [c].[epoch] = @epoch AND [c].[status] = 0 AND [c].[owner] IS NOT NULL


-- Work: write progress
BEGIN TRANSACTION

UPDATE [c]
SET [c].[take_overs] = @p,
    [c].[state] = @p3,
    [c].[attempts] = @p4,
    [c].[error] = @p5,
    [c].[owner] = NULL,
    [c].[slot] = NULL,
    [c].[due_at] = @p8
FROM [consistency_work] AS [c]
WHERE [c].[id] = @id AND [c].[epoch] = @epoch AND [c].[status] = 0 AND [c].[owner] IS NOT NULL

UPDATE [c]
SET [c].[due_at] = @p
FROM [consistency_work] AS [c]
WHERE [c].[id] = @lease_Id AND [c].[due_at] > @now AND EXISTS (
    SELECT 1
    FROM [consistency_work_signal] AS [c0]
    WHERE [c0].[work_id] = [c].[id] AND [c0].[name] = @_8__locals2_name)

COMMIT


-- Work: end
BEGIN TRANSACTION

UPDATE [c]
SET [c].[take_overs] = @p,
    [c].[owner] = NULL,
    [c].[slot] = NULL,
    [c].[status] = @p5,
    [c].[ended_at] = @p6,
    [c].[work_key] = CASE
        WHEN [c].[frees_key] = CAST(1 AS bit) THEN NULL
        ELSE [c].[work_key]
    END
FROM [consistency_work] AS [c]
WHERE [c].[id] = @id AND [c].[epoch] = @epoch AND [c].[status] = 0 AND [c].[owner] IS NOT NULL

COMMIT


-- Work: announce
UPDATE [c]
SET [c].[seen_at] = @p
FROM [consistency_work_type] AS [c]
WHERE [c].[name] = @names1


-- Work: look for unknown types
SELECT DISTINCT [c].[type]
FROM [consistency_work] AS [c]
WHERE [c].[status] = 0 AND [c].[due_at] <= @before

SELECT [c].[name]
FROM [consistency_work_type] AS [c]
WHERE 0 = 1


-- Work: take a turn
UPDATE [c]
SET [c].[owner] = @p,
    [c].[until] = @p4
FROM [consistency_work_type] AS [c]
WHERE [c].[name] = @name AND ([c].[owner] = @owner OR [c].[until] <= @now)


-- Work: intervene
SELECT TOP(2) [c].[id], [c].[attempts], [c].[created_at], [c].[due_at], [c].[ended_at], [c].[epoch], [c].[error], [c].[events], [c].[frees_key], [c].[group_key], [c].[input], [c].[work_key], [c].[owner], [c].[scheduled_at], [c].[scope], [c].[slot], [c].[started_at], [c].[state], [c].[status], [c].[take_overs], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_work] AS [c]
WHERE [c].[id] = @id


-- Work: signal
BEGIN TRANSACTION

UPDATE [c]
SET [c].[due_at] = CASE
    WHEN [c].[status] = 0 AND [c].[owner] IS NULL AND [c].[due_at] > @now THEN @now
    ELSE [c].[due_at]
END
FROM [consistency_work] AS [c]
WHERE [c].[id] = @id AND [c].[status] IN (0, 2)

SELECT CASE
    WHEN EXISTS (
        SELECT 1
        FROM [consistency_work_signal] AS [c]
        WHERE [c].[work_id] = @id AND [c].[name] = @signal_Name) THEN CAST(1 AS bit)
    ELSE CAST(0 AS bit)
END

SET IMPLICIT_TRANSACTIONS OFF;
SET NOCOUNT ON;
INSERT INTO [consistency_work_signal] ([name], [work_id], [at], [payload])
VALUES (@p0, @p1, @p2, @p3);

COMMIT


-- Work: list parked
SELECT TOP(@p) [c].[id], [c].[attempts], [c].[created_at], [c].[due_at], [c].[ended_at], [c].[epoch], [c].[error], [c].[events], [c].[frees_key], [c].[group_key], [c].[input], [c].[work_key], [c].[owner], [c].[scheduled_at], [c].[scope], [c].[slot], [c].[started_at], [c].[state], [c].[status], [c].[take_overs], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_work] AS [c]
WHERE [c].[status] = 2
ORDER BY [c].[due_at], [c].[id]


-- Work: find by key
SELECT TOP(2) [c].[id], [c].[attempts], [c].[created_at], [c].[due_at], [c].[ended_at], [c].[epoch], [c].[error], [c].[events], [c].[frees_key], [c].[group_key], [c].[input], [c].[work_key], [c].[owner], [c].[scheduled_at], [c].[scope], [c].[slot], [c].[started_at], [c].[state], [c].[status], [c].[take_overs], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_work] AS [c]
WHERE [c].[scope] = @scope AND [c].[work_key] = @key


-- Work: list ended
SELECT TOP(@p) [c].[id], [c].[attempts], [c].[created_at], [c].[due_at], [c].[ended_at], [c].[epoch], [c].[error], [c].[events], [c].[frees_key], [c].[group_key], [c].[input], [c].[work_key], [c].[owner], [c].[scheduled_at], [c].[scope], [c].[slot], [c].[started_at], [c].[state], [c].[status], [c].[take_overs], [c].[traceparent], [c].[tracestate], [c].[type]
FROM [consistency_work] AS [c]
WHERE [c].[ended_at] IS NOT NULL AND [c].[ended_at] <= @before
ORDER BY [c].[ended_at], [c].[id]


-- Work: remove
SELECT [c].[id]
FROM [consistency_work] AS [c]
WHERE [c].[id] = @ids1 AND [c].[ended_at] IS NOT NULL

BEGIN TRANSACTION

DELETE FROM [c]
FROM [consistency_work_signal] AS [c]
WHERE 0 = 1

DELETE FROM [c]
FROM [consistency_work_history] AS [c]
WHERE 0 = 1

DELETE FROM [c]
FROM [consistency_work] AS [c]
WHERE 0 = 1

COMMIT
