using Confluent.SchemaRegistry;
using Streams.Core.Errors;

namespace Streams.Schemas.Serdes;

/// <summary>Puts what serializers and the registry throw into the catalogue: transient when the registry does not answer, poison when the bytes are wrong.</summary>
internal static class AvroGuard
{
    public static async Task<T> RunAsync<T>(Func<Task<T>> work)
    {
        try
        {
            return await work();
        }
        catch (SchemaRegistryException exception) when ((int)exception.Status is >= 400 and < 500 and not 408 and not 429)
        {
            // 404: the record names a schema that the registry does not know.
            throw ((int)exception.Status == 404 ? SchemaErrors.Undecodable : SchemaErrors.SchemaRefused).With(exception.Message, exception);
        }
        catch (Exception exception) when (exception is HttpRequestException or TaskCanceledException)
        {
            throw SchemaErrors.RegistryUnreachable.With(exception.Message, exception);
        }
        catch (Exception exception) when (exception is Avro.AvroException or InvalidDataException or EndOfStreamException or InvalidCastException or FormatException
            or OverflowException or ArgumentException)
        {
            throw SchemaErrors.Undecodable.With(exception.Message, exception);
        }
    }
}
