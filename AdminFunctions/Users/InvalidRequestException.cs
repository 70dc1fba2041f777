namespace AdminFunctions.Users;

/// <summary>What the caller asks for cannot be: every fault at once.</summary>
/// <param name="errors">For each parameter, what is wrong with it.</param>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors)
    : Exception(string.Join(' ', errors.SelectMany(static parameter => parameter.Value)))
{
    /// <summary>For each parameter, what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
