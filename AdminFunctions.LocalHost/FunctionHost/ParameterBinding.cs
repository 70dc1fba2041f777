using System.Globalization;
using System.Reflection;
using System.Text.Json;
using Microsoft.AspNetCore.Mvc;
using Microsoft.AspNetCore.Mvc.ModelBinding;
using Microsoft.AspNetCore.Routing.Patterns;
using Microsoft.Azure.Functions.Worker;

namespace AdminFunctions.LocalHost.FunctionHost;

/// <summary>Gets the argument of a parameter from a request.</summary>
internal delegate ValueTask<object?> ParameterBinder(HttpContext context);

/// <summary>
/// Binds parameters like the isolated worker: HttpRequest and CancellationToken by type, <c>[FromBody]</c> with the formatters of
/// MVC, and all others by name from the route or, if the route has no such parameter, from the query. A value that cannot be
/// converted fails the call, as in the worker. Unlike the host, it does not search a JSON body for a name.
/// </summary>
internal static class ParameterBinding
{
    /// <summary>Why a parameter cannot be bound and how to fix it; null if it can be bound.</summary>
    public static string? FaultOf(ParameterInfo parameter)
    {
        var (name, type) = (parameter.Name, parameter.ParameterType);
        if (type == typeof(HttpRequest))
        {
            return null;
        }

        if (parameter.IsDefined(typeof(HttpTriggerAttribute)))
        {
            return $"[HttpTrigger] is on '{name}', a {type.Name}. Put it on an HttpRequest.";
        }

        if (parameter.GetCustomAttributes()
            .FirstOrDefault(attribute => attribute is IBindingSourceMetadata or FromKeyedServicesAttribute) is { } ignored)
        {
            var attribute = ignored.GetType().Name.Replace("Attribute", "", StringComparison.Ordinal);
            return $"the worker ignores ASP.NET Core's [{attribute}] on '{name}'. Bind the parameter by name, read it from HttpRequest, "
                + "inject a service into the constructor, or use the [FromBody] of the worker for a body.";
        }

        if (IsBody(parameter) || IsCancellation(type))
        {
            return null;
        }

        if (type == typeof(HttpContext))
        {
            return $"the worker does not bind the HttpContext '{name}'. Use an HttpRequest and its HttpContext.";
        }

        if (ConverterTo(type) is null)
        {
            return $"the {type.Name} '{name}' cannot be bound. Use HttpRequest, CancellationToken, string, a number, bool, Guid or "
                + "DateTime. Inject services into the constructor.";
        }

        return null;
    }

    /// <summary>Whether the host uses the name itself: it drops <c>code</c>, and sets <c>headers</c> and <c>query</c>.</summary>
    public static bool IsTaken(ParameterInfo parameter, RoutePattern route)
        => parameter.Name is { } name && route.GetParameter(name) is null
            && ConverterTo(parameter.ParameterType) is not null && !IsBody(parameter)
            && (name.Equals("code", StringComparison.OrdinalIgnoreCase)
                || name.Equals("headers", StringComparison.OrdinalIgnoreCase)
                || name.Equals("query", StringComparison.OrdinalIgnoreCase));

    /// <summary>Returns the binder of a parameter for which <see cref="FaultOf"/> returns null.</summary>
    public static ParameterBinder For(ParameterInfo parameter, RoutePattern route)
    {
        var (name, type) = (parameter.Name!, parameter.ParameterType);
        if (type == typeof(HttpRequest))
        {
            return context => new(context.Request);
        }

        if (IsCancellation(type))
        {
            return context => new(context.RequestAborted);
        }

        if (IsBody(parameter))
        {
            return context => ReadBodyAsync(context, type);
        }

        Func<HttpContext, string?> source = route.GetParameter(name) is null
            ? context => context.Request.Query[name] is [.., var last] ? last : null
            : context => context.GetRouteValue(name) as string;
        var convert = ConverterTo(type)!;
        var optional = parameter.HasDefaultValue || !type.IsValueType || Nullable.GetUnderlyingType(type) is not null;
        var missing = parameter.HasDefaultValue ? parameter.DefaultValue : null;
        return context => source(context) switch
        {
            { } text => new(convert(text)
                ?? throw new InvalidOperationException($"Cannot convert input parameter '{name}' to type '{type}'.")),
            null when optional => new(missing),
            null => throw new InvalidOperationException(
                $"Could not populate the value for '{name}' parameter. Consider adding a default value or making the parameter nullable."),
        };
    }

    private static bool IsBody(ParameterInfo parameter)
        => parameter.IsDefined(typeof(Microsoft.Azure.Functions.Worker.Http.FromBodyAttribute));

    private static bool IsCancellation(Type type) => type == typeof(CancellationToken) || type == typeof(CancellationToken?);

    // The converters of the worker. They parse Guid and DateTime, and read numbers and booleans as JSON ("true", not "True"). Null is a
    // failure.
    private static Func<string, object?>? ConverterTo(Type type)
    {
        var target = Nullable.GetUnderlyingType(type) ?? type;
        if (target == typeof(string))
        {
            return text => text;
        }

        if (target == typeof(Guid))
        {
            return text => Guid.TryParse(text, out var value) ? value : null;
        }

        if (target == typeof(DateTime))
        {
            return text => DateTime.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        if (target == typeof(DateTimeOffset))
        {
            return text => DateTimeOffset.TryParse(text, CultureInfo.InvariantCulture, out var value) ? value : null;
        }

        if (target.IsEnum || Type.GetTypeCode(target) is not (TypeCode.Boolean or (>= TypeCode.SByte and <= TypeCode.Decimal)))
        {
            return null;
        }

        return text =>
        {
            try
            {
                return JsonSerializer.Deserialize(text, target);
            }
            catch (JsonException)
            {
                return null;
            }
        };
    }

    // As in the FromBodyConversionFeature of the worker, an unreadable body fails the call.
    private static async ValueTask<object?> ReadBodyAsync(HttpContext context, Type type)
    {
        var metadata = context.RequestServices.GetRequiredService<IModelMetadataProvider>().GetMetadataForType(type);
        var binding = new BindingInfo { BindingSource = BindingSource.Body };
        var binder = context.RequestServices.GetRequiredService<IModelBinderFactory>()
            .CreateBinder(new ModelBinderFactoryContext { Metadata = metadata, BindingInfo = binding });
        var model = new DefaultModelBindingContext
        {
            ActionContext = new ActionContext { HttpContext = context },
            BindingSource = BindingSource.Body,
            ModelMetadata = metadata,
            ModelName = "",
            ModelState = new(),
        };
        await binder.BindModelAsync(model);
        if (model.Result.IsModelSet || model.ModelState.IsValid)
        {
            return model.Result.Model;
        }

        var errors = model.ModelState.Values.SelectMany(entry => entry.Errors)
            .Select(error => error.ErrorMessage is { Length: > 0 } message ? message : error.Exception?.Message);
        throw new InvalidOperationException($"Cannot read the request's body: {string.Join(' ', errors)}");
    }
}
