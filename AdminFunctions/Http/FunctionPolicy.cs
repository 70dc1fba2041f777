using AdminFunctions.Access;

namespace AdminFunctions.Http;

/// <summary>Who may call a function. Each function declares it once.</summary>
public sealed record FunctionPolicy
{
    private FunctionPolicy(string function, bool requiresToken, string? permission) =>
        (Function, RequiresToken, Permission) = (function, requiresToken, permission);

    /// <summary>The function's name, in logs, metrics and the audit trail.</summary>
    public string Function { get; }

    /// <summary>Whether the caller needs a token.</summary>
    public bool RequiresToken { get; }

    /// <summary>The permission that the caller's token must carry; <see langword="null"/> if none.</summary>
    public string? Permission { get; }

    /// <summary>Admits callers with a permission.</summary>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public static FunctionPolicy RequirePermission(string function, string permission) => new(function, requiresToken: true, permission);

    /// <summary>Admits callers with any valid token.</summary>
    public static FunctionPolicy RequireToken(string function) => new(function, requiresToken: true, permission: null);

    /// <summary>Admits anyone, without a token.</summary>
    public static FunctionPolicy AllowAnonymous(string function) => new(function, requiresToken: false, permission: null);
}
