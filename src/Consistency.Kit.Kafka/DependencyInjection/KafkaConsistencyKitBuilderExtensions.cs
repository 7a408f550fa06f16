using Consistency.Kit;
using Consistency.Kit.Kafka.Messaging;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Sends and receives messages through Kafka.</summary>
public static class KafkaConsistencyKitBuilderExtensions
{
    /// <summary>Sends and receives messages through Kafka. The last transport that is chosen is used.</summary>
    /// <param name="kit">The kit's builder.</param>
    /// <param name="bootstrapServers">Where the cluster is found: <c>host:port</c>, comma separated.</param>
    /// <param name="configure">Changes the options, for example the consumer group and client settings such as SASL and TLS.</param>
    /// <exception cref="ConsistencyConfigurationException">The options contradict each other or a promise.</exception>
    public static ConsistencyKitBuilder UseKafka(this ConsistencyKitBuilder kit, string bootstrapServers, Action<KafkaOptions>? configure = null)
    {
        ArgumentNullException.ThrowIfNull(kit);
        ArgumentException.ThrowIfNullOrWhiteSpace(bootstrapServers);
        var options = new KafkaOptions { BootstrapServers = bootstrapServers };
        configure?.Invoke(options);
        if (options.Validate() is { Count: > 0 } problems)
        {
            throw new ConsistencyConfigurationException(problems);
        }

        kit.Services.RemoveAll<KafkaOptions>();
        kit.Services.AddSingleton(options);
        kit.Services.AddSingleton<ITransport>(static services => new KafkaTransport(
            services.GetRequiredService<KafkaOptions>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetService<ILogger<KafkaTransport>>() ?? NullLogger<KafkaTransport>.Instance));
        kit.Services.TryAddEnumerable(ServiceDescriptor.Singleton<IReceiver, KafkaReceiver>(static services => new KafkaReceiver(
            services.GetRequiredService<KafkaOptions>(),
            services.GetRequiredService<TimeProvider>(),
            services.GetService<ILogger<KafkaReceiver>>() ?? NullLogger<KafkaReceiver>.Instance)));
        return kit;
    }
}
