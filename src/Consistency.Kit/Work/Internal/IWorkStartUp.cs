namespace Consistency.Kit.Work.Internal;

/// <summary>What a primitive on the engine does when the application starts.</summary>
internal interface IWorkStartUp
{
    /// <summary>One sentence for each thing that is wrong with the registrations.</summary>
    IEnumerable<string> Check();

    /// <summary>Brings the stores up to the registrations, before the engines begin.</summary>
    /// <returns>False when something could not be done yet and is to be tried again beside the work.</returns>
    Task<bool> PrepareAsync(CancellationToken cancellationToken);
}
