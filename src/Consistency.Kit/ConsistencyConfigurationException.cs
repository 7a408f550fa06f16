namespace Consistency.Kit;

/// <summary>The application's registrations do not fit together. Thrown at start-up, with every problem found and the call that cures it.</summary>
public sealed class ConsistencyConfigurationException : ConsistencyException
{
    /// <summary>Creates the exception from the problems found.</summary>
    /// <param name="problems">One sentence each, naming the thing and the call to add.</param>
    public ConsistencyConfigurationException(IReadOnlyList<string> problems)
        : base(string.Join(Environment.NewLine, problems)) => Problems = problems;

    /// <summary>One sentence per problem.</summary>
    public IReadOnlyList<string> Problems { get; }

    /// <inheritdoc />
    public override bool IsTransient => false;
}
