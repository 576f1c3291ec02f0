// Asking for memory before it is needed.

public import CScan

/// Tells the processor that memory will be read soon.
///
/// - Parameter address: The address; nothing is read there, so any one will do.
@inlinable @inline(__always)
public func prefetch(_ address: UnsafeRawPointer) { unsafe whittle_scan_prefetch(address) }

extension Array {
  /// Tells the processor that an element will be read soon, with all the lines of its cache that the element stands in.
  ///
  /// - Parameter place: The place of the element; nothing is read there, and in an empty array nothing is asked for.
  @inlinable @inline(__always)
  public func prefetch(at place: Int) {
    unsafe withUnsafeBufferPointer { elements in
      guard let start = elements.baseAddress else { return }
      let address = unsafe UnsafeRawPointer(start) + place &* MemoryLayout<Element>.stride
      for line in stride(from: 0, to: MemoryLayout<Element>.stride, by: 64) {
        unsafe JSONStream.prefetch(address + line)
      }
    }
  }
}
