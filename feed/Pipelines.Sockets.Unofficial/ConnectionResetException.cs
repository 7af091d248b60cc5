namespace Pipelines.Sockets.Unofficial;

/// <summary>The peer reset the connection.</summary>
public class ConnectionResetException : IOException
{
    /// <summary>With a message.</summary>
    public ConnectionResetException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and the cause.</summary>
    public ConnectionResetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
