using System.Globalization;
using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Consistency.Kit.Architecture.Tests.Support;

/// <summary>Prints what users of an assembly can see.</summary>
internal static class PublicApi
{
    private static readonly NullabilityInfoContext Nullability = new();

    internal static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        foreach (var type in assembly.GetExportedTypes().Where(IsWritten).OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.AppendLine(Declaration(type));
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").AppendLine(member);
            }

            text.AppendLine();
        }

        return text.ToString();
    }

    private static bool IsWritten(MemberInfo member) =>
        !member.Name.Contains('<', StringComparison.Ordinal) && (member is not Type { DeclaringType: { } outer } || IsWritten(outer));

    private static string Declaration(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? "struct"
            : type is { IsAbstract: true, IsSealed: true } ? "static class"
            : type.IsAbstract ? "abstract class"
            : type.IsSealed ? "sealed class"
            : "class";
        var bases = (type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType) && parent != typeof(Enum) ? [parent] : Type.EmptyTypes)
            .Concat(type.GetInterfaces().Where(contract => contract.IsVisible && contract != typeof(IConvertible) && !type.IsEnum))
            .Select(Name)
            .Order(StringComparer.Ordinal)
            .ToList();
        return $"{kind} {type.Namespace}.{Name(type)}{(bases.Count > 0 ? " : " + string.Join(", ", bases) : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags declared = BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        foreach (var field in type.GetFields(declared).Where(field => (field.IsPublic || field.IsFamily) && IsWritten(field) && field.Name != "value__"))
        {
            yield return field.IsLiteral
                ? $"const {Name(field.FieldType)} {field.Name} = {Convert.ToString(field.GetRawConstantValue(), CultureInfo.InvariantCulture)}"
                : $"{Static(field.IsStatic)}{Name(field.FieldType)} {field.Name}";
        }

        foreach (var constructor in type.GetConstructors(declared).Where(IsSeen))
        {
            yield return $"new({Parameters(constructor)})";
        }

        foreach (var property in type.GetProperties(declared).Where(property => property.GetAccessors(nonPublic: true).Any(IsSeen)))
        {
            var required = property.IsDefined(typeof(RequiredMemberAttribute)) ? "required " : "";
            var get = property.GetMethod is { } getter && IsSeen(getter) ? " get;" : "";
            var set = property.SetMethod is { } setter && IsSeen(setter)
                ? setter.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) ? " init;" : " set;"
                : "";
            yield return $"{Static(property.GetAccessors(nonPublic: true)[0].IsStatic)}{required}{Name(Nullability.Create(property))} {property.Name} {{{get}{set} }}";
        }

        foreach (var method in type.GetMethods(declared).Where(method => IsSeen(method) && IsWritten(method) && !IsAccessor(type, method)))
        {
            var generics = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(argument => argument.Name))}>" : "";
            yield return $"{Static(method.IsStatic)}{Name(Nullability.Create(method.ReturnParameter))} {method.Name}{generics}({Parameters(method)})";
        }
    }

    private static bool IsSeen(MethodBase method) => method.IsPublic || method.IsFamily || method.IsFamilyOrAssembly;

    // The accessor of an extension property stays: nothing else shows the property.
    private static bool IsAccessor(Type type, MethodInfo method) =>
        method.IsSpecialName && type.GetProperties(BindingFlags.Public | BindingFlags.NonPublic | BindingFlags.Instance | BindingFlags.Static).Any(property => property.GetAccessors(nonPublic: true).Contains(method));

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(parameter =>
        $"{Name(Nullability.Create(parameter))} {parameter.Name}{(parameter.HasDefaultValue ? " = " + (parameter.DefaultValue is { } value ? Convert.ToString(value, CultureInfo.InvariantCulture) : "default") : "")}"));

    private static string Name(NullabilityInfo info)
    {
        var name = info.Type.IsArray ? Name(info.Type)
            : info.GenericTypeArguments.Length > 0 && Nullable.GetUnderlyingType(info.Type) is null
                ? $"{Bare(info.Type)}<{string.Join(", ", info.GenericTypeArguments.Select(Name))}>"
                : Name(info.Type);
        return info.ReadState == NullabilityState.Nullable && !info.Type.IsValueType ? name + "?" : name;
    }

    private static string Name(Type type)
    {
        if (Nullable.GetUnderlyingType(type) is { } inner)
        {
            return Name(inner) + "?";
        }

        var name = type.IsArray ? Name(type.GetElementType()!) + "[]"
            : type.IsGenericType ? $"{Bare(type)}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>"
            : type.Name;
        return type is { IsNested: true, IsGenericParameter: false, DeclaringType: { } outer } ? $"{Name(outer)}.{name}" : name;
    }

    private static string Bare(Type type) => type.Name.Split('`')[0];
}
