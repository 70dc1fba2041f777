using AdminFunctions.Access;

namespace AdminFunctions.Http;

/// <summary>Who may call a function. Each function declares it once.</summary>
public sealed record FunctionPolicy
{
    private FunctionPolicy(string function, string? permission) => (Function, Permission) = (function, permission);

    /// <summary>The function's name, in logs, metrics and the audit trail.</summary>
    public string Function { get; }

    /// <summary>The permission that the caller's token must carry; <see langword="null"/> if anyone may call.</summary>
    public string? Permission { get; }

    /// <summary>Admits callers with a permission.</summary>
    /// <param name="permission">One of <see cref="Permissions"/>.</param>
    public static FunctionPolicy RequirePermission(string function, string permission) => new(function, permission);

    /// <summary>Admits anyone, without a token.</summary>
    public static FunctionPolicy AllowAnonymous(string function) => new(function, permission: null);
}
