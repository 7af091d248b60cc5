namespace Pipelines.Sockets.Unofficial;

/// <summary>The peer reset the connection.</summary>
public sealed class ConnectionResetException : IOException
{
    /// <summary>With the usual message.</summary>
    public ConnectionResetException()
        : this("The connection was reset")
    {
    }

    /// <summary>With a message.</summary>
    public ConnectionResetException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public ConnectionResetException(string message, Exception inner)
        : base(message, inner)
    {
    }
}

/// <summary>This side ended the connection while it was in use.</summary>
public sealed class ConnectionAbortedException : OperationCanceledException
{
    /// <summary>With the usual message.</summary>
    public ConnectionAbortedException()
        : this("The connection was aborted")
    {
    }

    /// <summary>With a message.</summary>
    public ConnectionAbortedException(string message)
        : base(message)
    {
    }

    /// <summary>With a message and its cause.</summary>
    public ConnectionAbortedException(string message, Exception inner)
        : base(message, inner)
    {
    }
}
