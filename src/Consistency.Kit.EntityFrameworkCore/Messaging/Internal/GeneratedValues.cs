using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Update;

namespace Consistency.Kit.EntityFrameworkCore.Messaging.Internal;

/// <summary>Lets entities show the values the database has just generated, which EF itself hands over only after the commit.</summary>
internal sealed class GeneratedValues : IDisposable
{
    private readonly List<(object Entity, IProperty Property, object? Before)> _shown = [];

    private GeneratedValues()
    {
    }

    internal static GeneratedValues Show(IEnumerable<IUpdateEntry> entries)
    {
        var values = new GeneratedValues();
        foreach (var entry in entries)
        {
            if (entry.EntityState is not (EntityState.Added or EntityState.Modified))
            {
                continue;
            }

            var entity = entry.ToEntityEntry().Entity;
            foreach (var property in entry.EntityType.GetProperties())
            {
                if (!property.IsShadowProperty() && (!property.IsIndexerProperty() || entity is IDictionary<string, object?>))
                {
                    values.Set(entity, property, entry.GetCurrentValue(property));
                }
            }
        }

        return values;
    }

    /// <summary>Puts the entities back as they were: EF sets the values when the commit has succeeded, and never when it has not.</summary>
    public void Dispose()
    {
        foreach (var (entity, property, before) in _shown)
        {
            Write(entity, property, before);
        }
    }

    private void Set(object entity, IProperty property, object? value)
    {
        var before = Read(entity, property);
        if (!Equals(before, value))
        {
            _shown.Add((entity, property, before));
            Write(entity, property, value);
        }
    }

    private static object? Read(object entity, IProperty property) =>
        property.IsIndexerProperty() ? ((IDictionary<string, object?>)entity).TryGetValue(property.Name, out var value) ? value : null
        : property.FieldInfo is { } field ? field.GetValue(entity)
        : property.PropertyInfo?.GetValue(entity);

    private static void Write(object entity, IProperty property, object? value)
    {
        if (property.IsIndexerProperty())
        {
            ((IDictionary<string, object?>)entity)[property.Name] = value;
        }
        else if (property.FieldInfo is { } field)
        {
            field.SetValue(entity, value);
        }
        else
        {
            property.PropertyInfo?.SetValue(entity, value);
        }
    }
}
