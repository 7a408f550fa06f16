using System.Reflection;
using System.Runtime.InteropServices;
using System.Text;

namespace Consistency.Kit.MockKafka;

/// <summary>The few functions of librdkafka that host its mock cluster.</summary>
internal static partial class Librdkafka
{
    private const string Library = "librdkafka";

    static Librdkafka() => NativeLibrary.SetDllImportResolver(typeof(Librdkafka).Assembly, Resolve);

    /// <summary>Starts a cluster with its own listening sockets; it lives until this process ends.</summary>
    public static nint StartCluster(int brokers)
    {
        const int producer = 0;
        var error = new byte[512];
        var client = New(producer, nint.Zero, error, (nuint)error.Length);
        if (client == nint.Zero)
        {
            throw new InvalidOperationException(Encoding.UTF8.GetString(error).TrimEnd('\0'));
        }

        var cluster = SignalMask.Within(() => NewCluster(client, brokers));
        return cluster != nint.Zero ? cluster : throw new InvalidOperationException("librdkafka refused to start a mock cluster.");
    }

    public static string Bootstraps(nint cluster) => Marshal.PtrToStringUTF8(BootstrapsPointer(cluster))!;

    public static string Describe(int error) => Marshal.PtrToStringUTF8(ErrorText(error)) ?? $"error {error}";

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_create", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial int CreateTopic(nint cluster, string topic, int partitions, int replicationFactor);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_topic_set_error", StringMarshalling = StringMarshalling.Utf8)]
    internal static partial void SetTopicError(nint cluster, string topic, int error);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_rtt")]
    internal static partial int SetRoundTrip(nint cluster, int broker, int milliseconds);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_down")]
    internal static partial int SetDown(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_broker_set_up")]
    internal static partial int SetUp(nint cluster, int broker);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_push_request_errors_array")]
    internal static partial void PushErrors(nint cluster, short apiKey, nuint count, int[] errors);

    [LibraryImport(Library, EntryPoint = "rd_kafka_new")]
    private static partial nint New(int type, nint configuration, byte[] error, nuint errorSize);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_new")]
    private static partial nint NewCluster(nint client, int brokers);

    [LibraryImport(Library, EntryPoint = "rd_kafka_mock_cluster_bootstraps")]
    private static partial nint BootstrapsPointer(nint cluster);

    [LibraryImport(Library, EntryPoint = "rd_kafka_err2str")]
    private static partial nint ErrorText(int error);

    private static nint Resolve(string name, Assembly assembly, DllImportSearchPath? path)
    {
        if (name != Library)
        {
            return nint.Zero;
        }

        return NativeLibrary.TryLoad(name, assembly, path, out var handle)
            || NativeLibrary.TryLoad("librdkafka.so.1", assembly, path, out handle)
                ? handle
                : nint.Zero;
    }
}
