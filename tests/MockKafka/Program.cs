using System.Globalization;

namespace Consistency.Kit.MockKafka;

/// <summary>
/// Hosts librdkafka's mock cluster: prints <c>bootstrap=host:port,…</c>, then answers one line per command line on
/// its standard input (<c>ok</c> or <c>error …</c>) and ends when that closes.
/// Commands: <c>topic NAME PARTITIONS</c>, <c>down</c> and <c>up</c> (every broker), <c>fail APIKEY ERROR COUNT</c>,
/// <c>topic-error NAME ERROR</c>, <c>delay MILLISECONDS</c> (every broker).
/// </summary>
internal static class Program
{
    private static int Main(string[] arguments)
    {
        var brokers = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 3;
        var cluster = Librdkafka.StartCluster(brokers);
        Console.WriteLine($"bootstrap={Librdkafka.Bootstraps(cluster)}");

        while (Console.ReadLine() is { } line)
        {
            Console.WriteLine(Answer(cluster, brokers, line.Split(' ', StringSplitOptions.RemoveEmptyEntries)));
        }

        return 0;
    }

    private static string Answer(nint cluster, int brokers, string[] words) => words switch
    {
        ["topic", var name, var partitions] => Text(Librdkafka.CreateTopic(cluster, name, Number(partitions), Math.Min(3, brokers))),
        ["topic-error", var name, var error] => FailTopic(cluster, name, Number(error)),
        ["delay", var milliseconds] => Text(OfEveryBroker(brokers, broker => Librdkafka.SetRoundTrip(cluster, broker, Number(milliseconds)))),
        ["down"] => Text(OfEveryBroker(brokers, broker => Librdkafka.SetDown(cluster, broker))),
        ["up"] => Text(OfEveryBroker(brokers, broker => Librdkafka.SetUp(cluster, broker))),
        ["fail", var apiKey, var error, var count] => Fail(cluster, (short)Number(apiKey), Number(error), Number(count)),
        _ => "error unknown command",
    };

    private static string Fail(nint cluster, short apiKey, int error, int count)
    {
        Librdkafka.PushErrors(cluster, apiKey, (nuint)count, [.. Enumerable.Repeat(error, count)]);
        return "ok";
    }

    private static string FailTopic(nint cluster, string name, int error)
    {
        Librdkafka.SetTopicError(cluster, name, error);
        return "ok";
    }

    private static int OfEveryBroker(int brokers, Func<int, int> action) =>
        Enumerable.Range(1, brokers).Select(action).FirstOrDefault(error => error != 0);

    private static int Number(string word) => int.Parse(word, CultureInfo.InvariantCulture);

    private static string Text(int error) => error == 0 ? "ok" : $"error {error} {Librdkafka.Describe(error)}";
}
