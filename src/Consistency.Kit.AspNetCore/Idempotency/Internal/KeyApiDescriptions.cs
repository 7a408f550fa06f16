using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.Abstractions;
using Microsoft.AspNetCore.Mvc.ApiExplorer;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Routing;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Adds the key's header and the check's own answers to the descriptions of endpoints that have one.</summary>
internal sealed class KeyApiDescriptions(EndpointDataSource endpoints, IServiceProvider services) : IApiDescriptionProvider
{
    private static readonly EmptyModelMetadataProvider Models = new();

    /// <summary>After those that find the endpoints.</summary>
    public int Order => 0;

    public void OnProvidersExecuting(ApiDescriptionProviderContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        var actions = FromConventions();
        foreach (var description in context.Results)
        {
            if (Find(description.ActionDescriptor, actions) is { } metadata && !IsSafe(description.HttpMethod))
            {
                Add(description, metadata.Describe(services));
            }
        }
    }

    public void OnProvidersExecuted(ApiDescriptionProviderContext context)
    {
    }

    private static bool IsSafe(string? method) =>
        method is not null && (HttpMethods.IsGet(method) || HttpMethods.IsHead(method) || HttpMethods.IsOptions(method) || HttpMethods.IsTrace(method));

    private static IIdempotencyKeyMetadata? Find(ActionDescriptor action, Dictionary<string, IIdempotencyKeyMetadata> fromConventions)
    {
        for (var i = action.EndpointMetadata.Count - 1; i >= 0; i--)
        {
            if (action.EndpointMetadata[i] is IIdempotencyKeyMetadata metadata)
            {
                return metadata;
            }
        }

        return fromConventions.GetValueOrDefault(action.Id);
    }

    private static void Add(ApiDescription description, KeyDescription key)
    {
        description.ParameterDescriptions.Add(new ApiParameterDescription
        {
            Name = key.HeaderName,
            Source = BindingSource.Header,
            Type = typeof(string),
            ModelMetadata = Models.GetMetadataForType(typeof(string)),
            IsRequired = key.Required,
            ParameterDescriptor = new ParameterDescriptor { Name = key.HeaderName, ParameterType = typeof(string) },
        });
        foreach (var status in (ReadOnlySpan<int>)[StatusCodes.Status400BadRequest, StatusCodes.Status409Conflict, StatusCodes.Status422UnprocessableEntity])
        {
            if (!description.SupportedResponseTypes.Any(response => response.StatusCode == status))
            {
                description.SupportedResponseTypes.Add(new ApiResponseType
                {
                    StatusCode = status,
                    Type = typeof(ProblemDetails),
                    ModelMetadata = Models.GetMetadataForType(typeof(ProblemDetails)),
                    ApiResponseFormats = [new ApiResponseFormat { MediaType = Problem.ContentType }],
                });
            }
        }
    }

    /// <summary>What <c>MapControllers().RequireIdempotencyKey()</c> said: it is known to the endpoints, not to the actions.</summary>
    private Dictionary<string, IIdempotencyKeyMetadata> FromConventions()
    {
        var actions = new Dictionary<string, IIdempotencyKeyMetadata>(StringComparer.Ordinal);
        foreach (var endpoint in endpoints.Endpoints)
        {
            if (endpoint.Metadata.GetMetadata<KeyDescription>() is { } key && endpoint.Metadata.GetMetadata<ActionDescriptor>() is { } action)
            {
                actions[action.Id] = key;
            }
        }

        return actions;
    }
}
