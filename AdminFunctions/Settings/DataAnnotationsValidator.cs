using System.ComponentModel.DataAnnotations;
using Microsoft.Extensions.Options;

namespace AdminFunctions.Settings;

/// <summary>
/// Validates options by their DataAnnotations. Unlike <c>ValidateDataAnnotations()</c> it reports the error messages alone, without the
/// names of types and members: the people who read them know the settings, not the code.
/// </summary>
internal sealed class DataAnnotationsValidator<TOptions> : IValidateOptions<TOptions>
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
