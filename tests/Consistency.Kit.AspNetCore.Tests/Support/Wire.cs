using System.Globalization;
using System.Net.Sockets;
using System.Text;

namespace Consistency.Kit.AspNetCore.Tests.Support;

/// <summary>Speaks to a server byte by byte.</summary>
internal static class Wire
{
    internal static string Post(string path, string headers, string body) => string.Create(
        CultureInfo.InvariantCulture,
        $"POST {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nContent-Type: application/json\r\nContent-Length: {body.Length}\r\n{headers}\r\n{body}");

    /// <summary>Sends bytes and reads until the server hangs up.</summary>
    internal static async Task<string> ExchangeAsync(Uri address, string bytes)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        var stream = client.GetStream();
        await stream.WriteAsync(Encoding.Latin1.GetBytes(bytes));
        using var all = new MemoryStream();
        using var timeout = new CancellationTokenSource(TimeSpan.FromSeconds(30));
        await stream.CopyToAsync(all, timeout.Token);
        return Encoding.Latin1.GetString(all.ToArray());
    }

    /// <summary>Sends half of something and hangs up.</summary>
    /// <param name="address">The server.</param>
    /// <param name="bytes">What arrives before the break.</param>
    /// <param name="reset">Whether the connection is reset, as by a crash, or closed.</param>
    /// <param name="arrived">Completes when the server has seen it.</param>
    internal static async Task BreakOffAsync(Uri address, string bytes, bool reset, Task arrived)
    {
        using var client = new TcpClient();
        await client.ConnectAsync(address.Host, address.Port);
        await client.GetStream().WriteAsync(Encoding.Latin1.GetBytes(bytes));
        await arrived;
        client.LingerState = new LingerOption(reset, 0);
        client.Close();
    }

    /// <summary>An answer without what differs by nature: the time, and the mark of a replay.</summary>
    internal static string WithoutMarks(string answer) => string.Join("\r\n", answer.Split("\r\n").Where(line =>
        !line.StartsWith("Date:", StringComparison.Ordinal) && !line.StartsWith("Idempotency-Replayed:", StringComparison.Ordinal)));
}
