using System.Text;

namespace Consistency.Kit.Payments.Alipay;

/// <summary>Reads a notification's form.</summary>
public static class AlipayForm
{
    private const int MaxFields = 200;

    /// <summary>The fields of a form; null when it is none, or has a field twice.</summary>
    /// <param name="body">The body, URL-encoded UTF-8.</param>
    public static IReadOnlyDictionary<string, string>? Read(ReadOnlySpan<byte> body)
    {
        var fields = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var pair in Encoding.UTF8.GetString(body).Split('&', MaxFields + 1, StringSplitOptions.RemoveEmptyEntries))
        {
            var equals = pair.IndexOf('=', StringComparison.Ordinal);
            if (equals <= 0 || fields.Count == MaxFields || !fields.TryAdd(Decode(pair[..equals]), Decode(pair[(equals + 1)..])))
            {
                return null;
            }
        }

        return fields.Count == 0 ? null : fields;
    }

    /// <summary>What Alipay signs: all fields with a value but <c>sign</c> and <c>sign_type</c>, sorted by their bytes. Requests are signed with the latter.</summary>
    internal static string SignedText(IReadOnlyDictionary<string, string> fields, bool isRequest = false) => string.Join('&', fields
        .Where(field => field.Value.Length > 0 && field.Key != "sign" && (isRequest || field.Key != "sign_type"))
        .OrderBy(field => field.Key, StringComparer.Ordinal)
        .Select(field => $"{field.Key}={field.Value}"));

    private static string Decode(string text) => Uri.UnescapeDataString(text.Replace('+', ' '));
}
