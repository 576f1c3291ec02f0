// Asking for memory before it is needed.

public import CScan

/// Tells the processor that memory will be read soon.
///
/// - Parameter address: The address; nothing is read there, so any one will do.
@inlinable @inline(__always)
public func prefetch(_ address: UnsafeRawPointer) { unsafe whittle_scan_prefetch(address) }
