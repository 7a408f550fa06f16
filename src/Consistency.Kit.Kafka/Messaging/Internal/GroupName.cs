using System.Reflection;
using System.Text;

namespace Consistency.Kit.Kafka.Messaging.Internal;

/// <summary>The consumer group's default name.</summary>
internal static class GroupName
{
    internal static string OfEntryAssembly() => ToKebabCase(Assembly.GetEntryAssembly()?.GetName().Name ?? "");

    internal static string ToKebabCase(string name)
    {
        var kebab = new StringBuilder(name.Length + 8);
        for (var i = 0; i < name.Length; i++)
        {
            if (!char.IsAsciiLetterOrDigit(name[i]))
            {
                Separate(kebab);
                continue;
            }

            if (i > 0 && char.IsUpper(name[i]) && (!char.IsUpper(name[i - 1]) || (i + 1 < name.Length && char.IsLower(name[i + 1]))))
            {
                Separate(kebab);
            }

            kebab.Append(char.ToLowerInvariant(name[i]));
        }

        return kebab.ToString().TrimEnd('-');
    }

    private static void Separate(StringBuilder kebab)
    {
        if (kebab.Length > 0 && kebab[^1] != '-')
        {
            kebab.Append('-');
        }
    }
}
