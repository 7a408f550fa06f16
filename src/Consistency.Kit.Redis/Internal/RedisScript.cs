using System.Reflection;
using System.Security.Cryptography;
using System.Text;
using StackExchange.Redis;

namespace Consistency.Kit.Redis.Internal;

/// <summary>A Lua script of this package, sent by its hash once the server knows it.</summary>
internal sealed class RedisScript
{
    private readonly string _text;
    private readonly byte[] _hash;

    private RedisScript(string text)
    {
        _text = text;
#pragma warning disable CA5350 // Redis names scripts by their SHA-1; nothing is protected by it.
        _hash = SHA1.HashData(Encoding.UTF8.GetBytes(text));
#pragma warning restore CA5350
    }

    /// <summary>Reads a script that is embedded under its file's name, after those that it needs before it.</summary>
    internal static RedisScript Load(params ReadOnlySpan<string> names)
    {
        var text = new StringBuilder();
        foreach (var name in names)
        {
            using var stream = Assembly.GetExecutingAssembly().GetManifestResourceStream(name)
                ?? throw new InvalidOperationException($"Script {name} is not embedded.");
            using var reader = new StreamReader(stream, Encoding.UTF8);
            text.Append(reader.ReadToEnd());
        }

        return new RedisScript(text.ToString());
    }

    internal async Task<RedisResult> EvaluateAsync(IDatabaseAsync database, RedisKey[] keys, RedisValue[] arguments, TimeSpan timeout, CancellationToken cancellationToken)
    {
        try
        {
            return await RedisCall.AnswerAsync(database.ScriptEvaluateAsync(_hash, keys, arguments), timeout, cancellationToken).ConfigureAwait(false);
        }
        catch (RedisServerException exception) when (exception.Message.StartsWith("NOSCRIPT", StringComparison.Ordinal))
        {
            // A new, restarted or failed-over server. The script itself did not run.
            return await RedisCall.AnswerAsync(database.ScriptEvaluateAsync(_text, keys, arguments), timeout, cancellationToken).ConfigureAwait(false);
        }
    }
}
