namespace AdminFunctions.Users;

/// <summary>The request is not valid. The exception has every fault, not only the first.</summary>
/// <param name="errors">For each faulty parameter, what is wrong with it.</param>
public sealed class InvalidRequestException(IReadOnlyDictionary<string, string[]> errors)
    : Exception(string.Join(' ', errors.SelectMany(static parameter => parameter.Value)))
{
    /// <summary>One parameter is faulty.</summary>
    /// <param name="sentence">What is wrong with it.</param>
    public InvalidRequestException(string parameter, string sentence)
        : this(new Dictionary<string, string[]>(StringComparer.Ordinal) { [parameter] = [sentence] })
    {
    }

    /// <summary>For each faulty parameter, what is wrong with it.</summary>
    public IReadOnlyDictionary<string, string[]> Errors { get; } = errors;
}
