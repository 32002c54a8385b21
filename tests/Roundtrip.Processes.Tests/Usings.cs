using System.Runtime.Versioning;

// The room is Linux's only.
[assembly: SupportedOSPlatform("linux")]

// Descriptors are counted and signals are sent: one test at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
