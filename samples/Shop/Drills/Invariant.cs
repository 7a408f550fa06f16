namespace Shop.Drills;

/// <summary>One promise, measured.</summary>
/// <param name="Name">As it stands in the table.</param>
/// <param name="Value">What the database says.</param>
/// <param name="Holds">The verdict.</param>
internal sealed record Invariant(string Name, string Value, bool Holds);
