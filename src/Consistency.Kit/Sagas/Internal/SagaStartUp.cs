using Consistency.Kit.Tcc;
using Consistency.Kit.Work.Internal;

namespace Consistency.Kit.Sagas.Internal;

/// <summary>Finds at start-up what the first saga would stumble over.</summary>
internal sealed class SagaStartUp(IEnumerable<SagaEntryPoint> sagas, ISagaCodec codec, WorkStores stores, BarrierEngines barriers) : IWorkStartUp
{
    public IEnumerable<string> Check()
    {
        var all = sagas.ToList();
        foreach (var twice in all.GroupBy(saga => saga.Definition.Name, StringComparer.Ordinal).Where(same => same.Count() > 1))
        {
            yield return $"Saga '{twice.Key}' is registered {twice.Count()} times: register the latest version with kit.AddSaga<…>() and earlier ones with .WithPrevious<…>().";
        }

        foreach (var saga in all)
        {
            foreach (var problem in saga.Verify(codec))
            {
                yield return problem;
            }

            foreach (var problem in saga.Versions.SelectMany(version => CheckDatabases(saga, version)))
            {
                yield return problem;
            }

            foreach (var other in saga.Versions.Where(version => version.Name != saga.Definition.Name))
            {
                yield return $"Saga '{saga.Definition.Name}' has a previous version that is named '{other.Name}': a version keeps the name, or is registered with kit.AddSaga<…>() for itself.";
            }
        }
    }

    private IEnumerable<string> CheckDatabases(SagaEntryPoint saga, SagaDefinition version)
    {
        foreach (var step in version.Plan.Stages.SelectMany(stage => stage))
        {
            if (step.Database is not { } database)
            {
                continue;
            }

            if (!barriers.Has(database))
            {
                yield return $"Step '{step.Name}' of saga '{version}' works in {database.Name}: add kit.UseEntityFrameworkCore<{database.Name}>().";
            }
            else if (stores.Find(saga.StoreKey, $"Saga '{saga.Definition.Name}'", [])?.Key == database)
            {
                yield return $"Step '{step.Name}' of saga '{version}' works in {database.Name}, which keeps the saga too: set CommitsWithProgress instead of In<{database.Name}>().";
            }
        }
    }

    public Task<bool> PrepareAsync(CancellationToken cancellationToken) => Task.FromResult(true);
}
