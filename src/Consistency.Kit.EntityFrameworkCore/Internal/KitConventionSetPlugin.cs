using Microsoft.EntityFrameworkCore;
using Microsoft.EntityFrameworkCore.Infrastructure;
using Microsoft.EntityFrameworkCore.Metadata;
using Microsoft.EntityFrameworkCore.Metadata.Builders;
using Microsoft.EntityFrameworkCore.Metadata.Conventions;
using Microsoft.EntityFrameworkCore.Metadata.Conventions.Infrastructure;

namespace Consistency.Kit.EntityFrameworkCore.Internal;

/// <summary>Adds the kit's tables to the model before the user's own configuration runs.</summary>
internal sealed class KitConventionSetPlugin(IDbContextOptions options) : IConventionSetPlugin
{
    public ConventionSet ModifyConventions(ConventionSet conventionSet)
    {
        conventionSet.ModelInitializedConventions.Add(new AddTables(options.FindExtension<KitOptionsExtension>()?.Options.Schema));
        return conventionSet;
    }

    private sealed class AddTables(string? schema) : IModelInitializedConvention
    {
        public void ProcessModelInitialized(IConventionModelBuilder modelBuilder, IConventionContext<IConventionModelBuilder> context)
        {
#pragma warning disable EF1001 // The one way to share the configuration with modelBuilder.AddConsistencyKit().
            KitModel.AddTo(new ModelBuilder((IMutableModel)modelBuilder.Metadata), schema);
#pragma warning restore EF1001
        }
    }
}
