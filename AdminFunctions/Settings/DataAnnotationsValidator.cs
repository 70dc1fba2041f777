using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Settings;

/// <summary>
/// Validates options by their DataAnnotations and reports the annotations' own sentences, without the type and member names
/// that <c>ValidateDataAnnotations()</c> puts before them: people read these who know the settings, not the code.
/// </summary>
/// <typeparam name="TOptions">The options.</typeparam>
internal sealed class DataAnnotationsSentences<TOptions> : IValidateOptions<TOptions>
    where TOptions : class
{
    public ValidateOptionsResult Validate(string? name, TOptions options)
    {
        List<ValidationResult> faults = [];
        return Validator.TryValidateObject(options, new ValidationContext(options), faults, validateAllProperties: true)
            ? ValidateOptionsResult.Success
            : ValidateOptionsResult.Fail(faults.Select(fault => fault.ErrorMessage!));
    }
}
