using Consistency.Kit.Kafka.Messaging;
using Consistency.Kit.Kafka.Messaging.Internal;
using Consistency.Kit.Messaging;
using Microsoft.Extensions.DependencyInjection;

namespace Consistency.Kit.Kafka.Tests;

public sealed class KafkaOptionsTests
{
    [Theory]
    [InlineData("enable.idempotence", "false")]
    [InlineData("acks", "1")]
    [InlineData("request.required.acks", "0")]
    [InlineData("ACKS", "leader")]
    [InlineData("enable.gapless.guarantee", "false")]
    [InlineData("max.in.flight", "5")]
    [InlineData("max.in.flight.requests.per.connection", "2")]
    [InlineData("message.timeout.ms", "5000")]
    [InlineData("retries", "0")]
    [InlineData("partitioner", "random")]
    [InlineData("queuing.strategy", "lifo")]
    [InlineData("transactional.id", "shop")]
    [InlineData("bootstrap.servers", "elsewhere:9092")]
    public void A_producer_setting_that_breaks_the_promise_is_refused(string name, string value)
    {
        Assert.Contains($"'{name}={value}'", Problem(kafka => kafka.Producer[name] = value), StringComparison.Ordinal);
        Assert.Contains($"'{name}={value}'", Problem(kafka => kafka.Common[name] = value), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("enable.auto.commit", "true")]
    [InlineData("enable.auto.offset.store", "true")]
    [InlineData("group.id", "other")]
    public void A_consumer_setting_that_breaks_the_promise_is_refused(string name, string value)
    {
        Assert.Contains($"'{name}={value}'", Problem(kafka => kafka.Consumer[name] = value), StringComparison.Ordinal);
        Assert.Contains($"'{name}={value}'", Problem(kafka => kafka.Common[name] = value), StringComparison.Ordinal);
    }

    [Fact]
    public void Settings_that_agree_with_the_promise_are_taken_and_others_passed_on()
    {
        var options = new KafkaOptions { BootstrapServers = "localhost:9092" };
        options.Common["security.protocol"] = "SASL_SSL";
        options.Common["linger.ms"] = "3";
        options.Producer["acks"] = "all";
        options.Producer["linger.ms"] = "7";
        options.Consumer["enable.auto.commit"] = "false";
        options.Consumer["auto.offset.reset"] = "latest";

        Assert.Empty(options.Validate());
        var producer = ClientSettings.Producer(options);
        var consumer = ClientSettings.Consumer(options);
        Assert.Equal(("SASL_SSL", "7", "all"), (producer["security.protocol"], producer["linger.ms"], producer["acks"]));
        Assert.Equal(("SASL_SSL", "3", "latest"), (consumer["security.protocol"], consumer["linger.ms"], consumer["auto.offset.reset"]));
    }

    [Fact]
    public void Options_out_of_range_are_refused_all_at_once()
    {
        var exception = Assert.Throws<ConsistencyConfigurationException>(() => Use(kafka =>
        {
            kafka.GroupId = " ";
            kafka.MaxBatch = 0;
            kafka.SendTimeout = TimeSpan.Zero;
            kafka.CreateTopics = new KafkaTopicCreation { Partitions = 0 };
        }));

        Assert.Equal(4, exception.Problems.Count);
    }

    [Theory]
    [InlineData("Shop.Orders", "shop-orders")]
    [InlineData("ShopAPI", "shop-api")]
    [InlineData("HTTPServer", "http-server")]
    [InlineData("Shop_Orders.", "shop-orders")]
    public void The_default_group_is_the_assemblys_name_in_kebab_case(string assembly, string group) =>
        Assert.Equal(group, GroupName.ToKebabCase(assembly));

    [Fact]
    public void The_last_cluster_that_is_chosen_is_used_and_has_one_receiver()
    {
        var services = new ServiceCollection();
        services.AddConsistencyKit(kit => kit.UseKafka("one:9092").UseKafka("two:9092"));
        using var provider = services.BuildServiceProvider();

        Assert.IsType<KafkaTransport>(provider.GetRequiredService<ITransport>());
        Assert.IsType<KafkaReceiver>(Assert.Single(provider.GetServices<IReceiver>()));
        Assert.Equal("two:9092", provider.GetRequiredService<KafkaOptions>().BootstrapServers);
    }

    private static string Problem(Action<KafkaOptions> configure) =>
        Assert.Single(Assert.Throws<ConsistencyConfigurationException>(() => Use(configure)).Problems);

    private static void Use(Action<KafkaOptions> configure) => new ServiceCollection().AddConsistencyKit(kit => kit.UseKafka("localhost:9092", configure));
}
