namespace Pipelines.Sockets.Unofficial;

/// <summary>How a <see cref="SocketConnection"/> waits and where it continues. The numbers are those of the package.</summary>
[Flags]
public enum SocketConnectionOptions
{
    /// <summary>Continue on the schedulers of the pipes.</summary>
    None = 0,

    /// <summary>Wait with an empty read, so that an idle connection holds no buffer.</summary>
    ZeroLengthReads = 1,

    /// <summary>Continue reads on the thread that completed them.</summary>
    InlineReads = 2,

    /// <summary>Continue writes on the thread that completed them.</summary>
    InlineWrites = 4,

    /// <summary>Continue connects on the thread that completed them.</summary>
    InlineConnect = 8,
}
