using System.Collections.Frozen;

namespace Consistency.Kit.Messaging.Internal;

/// <summary>The registered messages: by CLR type when publishing, by wire name when reading.</summary>
internal sealed class MessageCatalog
{
    private readonly FrozenDictionary<Type, MessageType> _byType;
    private readonly FrozenDictionary<string, MessageReader> _byName;

    internal MessageCatalog(MessagingRegistrations registrations)
    {
        var problems = new List<string>();
        var types = new Dictionary<Type, MessageType>();
        var readers = new Dictionary<string, MessageReader>(StringComparer.Ordinal);
        foreach (var registration in registrations.Messages)
        {
            if (registration.Name.Length > 128 || registration.Topic.Length > MessageEncoder.MaxTopicLength)
            {
                problems.Add($"Message '{registration.Name}': a name may have 128 characters and a topic {MessageEncoder.MaxTopicLength}.");
            }

            if (registration.Bind(registrations.JsonContexts, problems) is not { } type)
            {
                continue;
            }

            if (!types.TryAdd(type.ClrType, type))
            {
                problems.Add($"{type.ClrType.Name} is registered as '{types[type.ClrType].Name}' and as '{type.Name}': keep one kit.AddMessage<{type.ClrType.Name}>(…).");
            }

            foreach (var reader in type.Readers)
            {
                if (!readers.TryAdd(reader.Name, reader))
                {
                    problems.Add($"The message name '{reader.Name}' is used twice: give each kit.AddMessage<…>(name, …) and Upcast<…>(name, …) a name of its own.");
                }
            }
        }

        Problems = problems;
        _byType = types.ToFrozenDictionary();
        _byName = readers.ToFrozenDictionary(StringComparer.Ordinal);
    }

    internal IReadOnlyList<string> Problems { get; }

    internal IEnumerable<MessageType> Types => _byType.Values;

    internal IEnumerable<string> Topics => _byType.Values.Select(type => type.Topic).Distinct(StringComparer.Ordinal);

    internal MessageType Of(Type clrType)
    {
        if (_byType.TryGetValue(clrType, out var type))
        {
            return type;
        }

        throw Problems.Count > 0
            ? new ConsistencyConfigurationException(Problems)
            : new InvalidOperationException($"{clrType.Name} is not a registered message: add kit.AddMessage<{clrType.Name}>(\"a-stable-name.v1\", topic: \"…\") to AddConsistencyKit.");
    }

    internal MessageType? Find(Type clrType) => _byType.GetValueOrDefault(clrType);

    internal MessageReader? FindReader(string name) => _byName.GetValueOrDefault(name);
}
