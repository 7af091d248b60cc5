using Streams.Cache.Protocol;

namespace Streams.InvalidationSink.Host.Background;

/// <summary>The fence as the loop loaded it last, for the tasks beside it; null before the first load.</summary>
internal sealed class CurrentFence
{
    private volatile IFenceStore? _store;

    /// <summary>Set by the loop, read by anybody.</summary>
    public IFenceStore? Store
    {
        get => _store;
        set => _store = value;
    }
}
