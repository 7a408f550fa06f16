using System.Text.Json;
using Consistency.Kit.Messaging;
using Consistency.Kit.Messaging.Internal;
using Consistency.Kit.Work;
using Consistency.Kit.Work.Internal;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Tcc.Internal;

/// <summary>Registers the messages between coordinators and branches, and who handles them.</summary>
internal static class TccMessages
{
    // Both types are always published to a topic that is named; this one is never used.
    private const string NoTopic = "consistency-tcc";

    private static readonly RetryPolicy Retry = new() { MaxDelay = TimeSpan.FromSeconds(10), MaxAttempts = 20, IsFinal = static exception => exception is JsonException or BranchOutOfOrderException };

    /// <summary>Takes replies in.</summary>
    internal static void Coordinate(MessagingRegistrations messaging, TccBuilder tcc)
    {
        Register(messaging, BranchCommand.Name, null, BranchJson.Default.BranchCommand);
        Register(messaging, BranchReply.Name, tcc.ReplyTopic, BranchJson.Default.BranchReply);
        messaging.Handlers.RemoveAll(handler => handler.MessageType == typeof(BranchReply));
        messaging.Handlers.Add(new HandlerBuilder(typeof(BranchReply), typeof(TccReplyKind), (services, message, context, _) => Take(services, tcc.StoreKey, (BranchReply)message, context), [])
            .Named("consistency-tcc-replies")
            .In(tcc.StoreKey)
            .OnPark(AfterPark.Continue));
    }

    /// <summary>Has branches of this application answer.</summary>
    internal static void Answer(MessagingRegistrations messaging, string topic, AnsweredBranches branches)
    {
        Register(messaging, BranchCommand.Name, topic, BranchJson.Default.BranchCommand);
        Register(messaging, BranchReply.Name, null, BranchJson.Default.BranchReply);
        foreach (var store in branches.All.Select(branch => branch.Store).Distinct())
        {
            messaging.Handlers.Add(new HandlerBuilder(
                    typeof(BranchCommand),
                    typeof(AnsweredBranches),
                    (services, message, context, cancellationToken) => branches.HandleAsync(services, store, (BranchCommand)message, context, cancellationToken),
                    [])
                .Named($"consistency-tcc-{store.Name}")
                .In(store)
                .Retry(Retry)

                // The barrier knows what to do with a cancel whose try is parked.
                .OnPark(AfterPark.Continue));
        }
    }

    private static void Register<TMessage>(MessagingRegistrations messaging, string name, string? topic, System.Text.Json.Serialization.Metadata.JsonTypeInfo<TMessage> json)
        where TMessage : notnull
    {
        var known = messaging.Messages.FindIndex(message => message.ClrType == typeof(TMessage));
        if (known < 0)
        {
            messaging.Messages.Add(new KitMessage<TMessage>(name, topic ?? NoTopic, json));
        }
        else if (topic is not null)
        {
            messaging.Messages[known] = new KitMessage<TMessage>(name, topic, json);
        }
    }

    private static Task Take(IServiceProvider services, Type? storeKey, BranchReply reply, MessageContext context)
    {
        if (reply.ToCall() is null)
        {
            throw new UnreadableMessageException(context.MessageId, $"Message {context.MessageId} is no reply of a branch: it needs gid, branch_id and op as in the command.");
        }

        var (traceParent, traceState) = TraceContext.Capture();
        services.GetRequiredService<WorkStores>().Of(storeKey, "What TCCs are kept in").Intake.AddTo(services, new NewWork
        {
            Scope = TccReplyKind.Family,
            Type = TccReplyKind.Family,
            Input = JsonSerializer.SerializeToUtf8Bytes(reply, BranchJson.Default.BranchReply),
            TraceParent = traceParent,
            TraceState = traceState,
        });
        return Task.CompletedTask;
    }
}
