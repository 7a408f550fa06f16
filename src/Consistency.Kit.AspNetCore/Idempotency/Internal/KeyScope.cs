using System.Security.Claims;
using Consistency.Kit.Idempotency;
using Microsoft.AspNetCore.Http;

namespace Consistency.Kit.AspNetCore.Idempotency.Internal;

/// <summary>Puts the client's key into the space of its tenant, caller and operation.</summary>
internal static class KeyScope
{
    internal static IdempotencyKey KeyOf(HttpContext context, string value, IdempotencyKeyOptions options)
    {
        var operation = OperationNames.Of(context);
        return new IdempotencyKey(value, operation, CallerOf(context, operation, options), options.Tenant?.Invoke(context) ?? "");
    }

    private static string CallerOf(HttpContext context, string operation, IdempotencyKeyOptions options)
    {
        var caller = options.Caller is { } named ? named(context) : UserOf(context.User);
        if (!string.IsNullOrEmpty(caller))
        {
            return caller;
        }

        var unknown = options.Caller is null && context.User.Identity?.IsAuthenticated == true
            ? $"{operation} keeps the idempotency keys of its callers apart, but the authenticated user has neither a NameIdentifier nor a sub claim: set o.Caller to what identifies the user."
            : options.AnonymousAllowed ? null
            : $"{operation} keeps the idempotency keys of its callers apart, but this caller is unknown: require authorization before it, set o.Caller to what identifies the caller, or call o.AllowAnonymous() when keys cannot be guessed.";
        return unknown is null ? "" : throw new ConsistencyConfigurationException([unknown]);
    }

    private static string? UserOf(ClaimsPrincipal user)
    {
        foreach (var identity in user.Identities)
        {
            if (identity.IsAuthenticated && (identity.FindFirst(ClaimTypes.NameIdentifier) ?? identity.FindFirst("sub")) is { Value.Length: > 0 } id)
            {
                // What the user may have chosen comes last, so that it cannot pass for one of the others.
                return string.Concat(identity.AuthenticationType, "\0", id.Issuer, "\0" + id.Value);
            }
        }

        return null;
    }
}
