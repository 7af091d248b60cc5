// One Redis and one epoch for all classes: a class that begins a new epoch would take the hits from another.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
