using Confluent.Kafka;
using Confluent.Kafka.Admin;
using Microsoft.Extensions.Logging;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>Creates topics that do not exist, where the application asked for it.</summary>
internal static class TopicCreator
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Creates what is missing; a failure is logged, and shows again when the topic is used.</summary>
    internal static async Task CreateAsync(IAdminClient admin, IEnumerable<string> topics, KafkaTopicCreation creation, ILogger logger)
    {
        foreach (var topic in topics)
        {
            var specification = new TopicSpecification { Name = topic, NumPartitions = creation.Partitions, ReplicationFactor = creation.ReplicationFactor };
            try
            {
                await admin.CreateTopicsAsync([specification], new CreateTopicsOptions { RequestTimeout = Patience, OperationTimeout = Patience }).ConfigureAwait(false);
                Log.TopicCreated(logger, topic, creation.Partitions);
            }
            catch (CreateTopicsException exception) when (exception.Results.TrueForAll(result => result.Error.Code is ErrorCode.NoError or ErrorCode.TopicAlreadyExists))
            {
                // Somebody else was faster.
            }
            catch (KafkaException exception)
            {
                Log.TopicNotCreated(logger, topic, exception);
            }
        }
    }
}
